import { describe, expect, it } from 'vitest';
import { signedStun } from '../testing/signed-stun.ts';
import type { IceAgent, RemoteCandidate, StunToSend } from './ice-agent.ts';
import { limitReplies } from './limited-replies.ts';
import { SourceTable } from './source-table.ts';
import type { Address } from './udp-transport.ts';

const PEER: Address = ['192.0.2.1', 5_000];
const check = signedStun({ kind: 'request', username: 'theirs:ours', password: 'p', priority: 1, controlling: 1n });
const answer = signedStun({ kind: 'success', password: 'p' });
const unsigned = signedStun({ kind: 'request' });

function limited(candidates: readonly RemoteCandidate[] = []) {
  const sent: string[] = [];
  const protocol = {
    sendData: async () => {},
    sendStun: async ({ bytes }: StunToSend, [host, port]: Address) => {
      sent.push(`${bytes.readUInt16BE(0).toString(16)} to ${host} ${port}`);
    },
  };
  const agent: IceAgent = {
    localUsername: 'ours',
    localPassword: 'ours',
    userHistory: {},
    remoteUsername: 'theirs',
    checkList: [],
    _remoteCandidates: [...candidates],
    earlyChecks: [],
    iceControlling: false,
    ensureProtocol: () => {},
    send: async () => {},
    restart: async () => {},
  };
  const sources = new SourceTable(0);
  limitReplies(protocol, sources, agent);
  const send = (bytes: Buffer, to = PEER) => protocol.sendStun({ bytes }, to);
  return { agent, sources, sent, send };
}

describe('limitReplies', () => {
  it('[W10] sends a source that nobody described no more than came from it, until it answered', async () => {
    const { sources, sent, send } = limited();
    sources.prove(...PEER, 0);
    sources.find(...PEER)?.credit.earn(check.length);
    for (let n = 0; n < 10; n++) {
      await send(answer);
      await send(check);
    }
    expect(sent).toEqual(['1 to 192.0.2.1 5000']);
    sources.find(...PEER)?.credit.open();
    expect(sent.length).toBeGreaterThan(1);
  });

  it('[W10] sends nothing to one that is no longer known, though checks of it are still under way', async () => {
    const { sent, send } = limited([{ host: PEER[0], port: PEER[1], type: 'prflx' }]);
    await send(check);
    await send(answer);
    expect(sent).toEqual([]);
  });

  it('sends all to a candidate of the description, over the path in use, and to a STUN server', async () => {
    const described = limited([{ host: PEER[0], port: PEER[1], type: 'host' }]);
    await described.send(check);
    await described.send(check, [PEER[0], 5_001]);
    expect(described.sent).toEqual(['1 to 192.0.2.1 5000']);
    const selected = limited();
    selected.agent.nominated = {
      protocol: { sendData: async () => {}, sendStun: async () => {} },
      remoteCandidate: { host: PEER[0], port: PEER[1], type: 'prflx' },
      requestTransactionIds: new Set(),
    };
    await selected.send(check);
    await selected.send(unsigned, ['198.51.100.7', 3_478]);
    expect(selected.sent).toEqual(['1 to 192.0.2.1 5000', '1 to 198.51.100.7 3478']);
  });
});
