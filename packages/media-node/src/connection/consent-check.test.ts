import { describe, expect, it } from 'vitest';
import { consentCheckOf } from './consent-check.ts';

function agentWith(path: unknown) {
  const requests: unknown[] = [];
  const protocol = {
    request: async (...given: unknown[]) => {
      requests.push(given);
      throw new Error('Nobody answered');
    },
  };
  const agent = {
    localUsername: 'ours',
    remoteUsername: 'theirs',
    remotePassword: 'secret',
    iceControlling: true,
    nominated: path === undefined ? undefined : { protocol, localCandidate: 'here', remoteAddr: path },
    buildRequest: (options: unknown) => options,
  };
  return { agent, requests };
}

describe('consentCheckOf', () => {
  it('asks once over the selected path, nominates nothing, and takes no answer as it is', async () => {
    const { agent, requests } = agentWith('there');
    expect(await consentCheckOf(agent)()).toBe(false);
    const request = { localUsername: 'ours', remoteUsername: 'theirs', iceControlling: true, nominate: false };
    expect(requests).toEqual([
      [
        { ...request, localCandidate: 'here' },
        'there',
        Buffer.from('secret'),
        { retransmissions: 0, responseTimeout: 2_500 },
      ],
    ]);
  });

  it('asks over another path when told to, and says whether there was an answer', async () => {
    const { agent, requests } = agentWith('there');
    const asked: unknown[] = [];
    const protocol = { request: async (_request: unknown, address: unknown) => asked.push(address) };
    expect(await consentCheckOf(agent)({ protocol, localCandidate: 'here', remoteAddr: 'elsewhere' })).toBe(true);
    expect([asked, requests]).toEqual([['elsewhere'], []]);
  });

  it('asks nobody while there is no path', async () => {
    const { agent, requests } = agentWith(undefined);
    expect(await consentCheckOf(agent)()).toBe(false);
    expect(requests).toEqual([]);
  });

  it('throws for an agent it does not know: a changed library must not lose its liveness in silence', () => {
    for (const unknown of [undefined, null, 'agent', {}, { ...agentWith('there').agent, buildRequest: 1 }]) {
      expect(() => consentCheckOf(unknown)).toThrow(TypeError);
    }
  });
});
