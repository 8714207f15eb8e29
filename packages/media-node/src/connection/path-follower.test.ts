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
    send: async () => {},
  };
  const asked: unknown[] = [];
  let from: Address | undefined = OLD;
  const follower = new PathFollower({
    agent,
    lookForSpeaker: () => from && { protocol, from },
    check: async (pair) => {
      asked.push(pair);
      return answered;
    },
  });
  const lookOnce = async (speaker: Address | undefined) => {
    from = speaker;
    follower.look();
    await turn();
  };
  const look = (speaker: Address | undefined) => {
    from = speaker;
    follower.look();
    return lookOnce(speaker);
  };
  return { agent, asked, look, lookOnce, old, other };
}

describe('PathFollower', () => {
  it('moves to where the peer speaks from, once it has answered there', async () => {
    const { agent, asked, look, old, other } = following(true);
    await look(OLD);
    expect(asked).toEqual([]);
    await look(NEW);
    expect([asked, agent.nominated]).toEqual([[old, other], other]);
    await look(NEW);
    expect(asked).toHaveLength(2);
  });

  it('stays on a path that is answered, whatever checks come now and then over a spare one', async () => {
    const { agent, asked, lookOnce, old } = following(true);
    for (const speaker of [NEW, OLD, NEW, OLD]) await lookOnce(speaker);
    expect([asked, agent.nominated]).toEqual([[old, old], old]);
  });

  it('takes two pairs of the same addresses for one path', async () => {
    const { agent, asked, look, old } = following(true);
    agent.checkList.unshift(pairTo(OLD));
    await look(OLD);
    expect([asked, agent.nominated]).toEqual([[], old]);
  });

  it('stays where it is without an answer: the address on a datagram can be a false one', async () => {
    const { agent, asked, look, old } = following(false);
    await look(NEW);
    await look(NEW);
    expect([asked.length, agent.nominated]).toEqual([3, old]);
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
