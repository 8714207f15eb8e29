import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { CandidatePair, IceAgent } from './ice-agent.ts';
import { PathFollower } from './path-follower.ts';
import type { Address } from './udp-transport.ts';

const [OLD, NEW]: readonly [Address, Address] = [
  ['192.0.2.1', 5_000],
  ['192.0.2.1', 6_000],
];
const protocol = { sendData: async () => {}, sendStun: async () => {} };

function pairTo([host, port]: Address): CandidatePair {
  return { protocol, remoteCandidate: { host, port, type: 'prflx' }, requestTransactionIds: new Set() };
}

/** A connection over {@link OLD} that knows {@link NEW} as well. */
function following(answered: boolean) {
  const [old, other] = [pairTo(OLD), pairTo(NEW)];
  const agent: IceAgent = {
    localUsername: 'ours',
    localPassword: 'ours',
    userHistory: {},
    remoteUsername: 'theirs',
    nominated: old,
    checkList: [old, other],
    _remoteCandidates: [],
    earlyChecks: [],
    iceControlling: false,
    ensureProtocol: () => {},
    restart: async () => {},
  };
  const asked: unknown[] = [];
  let from: Address | undefined = OLD;
  const follower = new PathFollower({
    agent,
    speaker: () => ({ protocol, from }),
    check: async (pair) => {
      asked.push(pair);
      return answered;
    },
  });
  const look = async (speaker: Address | undefined) => {
    from = speaker;
    follower.look();
    follower.look();
    await turn();
  };
  return { agent, asked, look, old, other };
}

describe('PathFollower', () => {
  it('moves to where the peer speaks from, once it has answered there', async () => {
    const { agent, asked, look, other } = following(true);
    await look(OLD);
    expect(asked).toEqual([]);
    await look(NEW);
    expect([asked, agent.nominated]).toEqual([[other], other]);
    await look(NEW);
    expect(asked).toHaveLength(1);
  });

  it('stays where it is without an answer: the address on a datagram can be a false one', async () => {
    const { agent, asked, look, old } = following(false);
    await look(NEW);
    await look(NEW);
    expect([asked.length, agent.nominated]).toEqual([2, old]);
  });

  it('asks nobody whom the library does not know, or while nobody speaks', async () => {
    const { agent, asked, look, old } = following(true);
    await look(['192.0.2.9', 5_000]);
    await look(undefined);
    expect([asked, agent.nominated]).toEqual([[], old]);
  });

  it('selects no path on a connection that has lost or closed its own meanwhile', async () => {
    const { agent, look } = following(true);
    const looked = look(NEW);
    agent.nominated = undefined;
    await looked;
    expect(agent.nominated).toBeUndefined();
  });
});
