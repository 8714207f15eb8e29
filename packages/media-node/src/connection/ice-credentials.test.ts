import { describe, expect, it } from 'vitest';
import type { IceAgent } from './ice-agent.ts';
import { strengthenCredentials } from './ice-credentials.ts';

function agent(): IceAgent {
  const made: IceAgent = {
    localUsername: 'abcd',
    localPassword: '0123456789abcdef012345',
    userHistory: { abcd: '0123456789abcdef012345' },
    remoteUsername: '',
    checkList: [],
    _remoteCandidates: [],
    earlyChecks: [],
    iceControlling: false,
    ensureProtocol: () => {},
    send: async () => {},
    restart: async () => {
      made.localUsername = 'ef01';
      made.localPassword = '0123456789abcdef012345';
      made.userHistory.ef01 = made.localPassword;
    },
  };
  return made;
}

describe('strengthenCredentials', () => {
  it('replaces the short ones, which are not valid any more', () => {
    const one = agent();
    strengthenCredentials(one);
    expect(one.localUsername).toMatch(/^[\w+/]{8}$/);
    expect(one.localPassword).toMatch(/^[\w+/]{24}$/);
    expect(one.userHistory).toEqual({ [one.localUsername]: one.localPassword });
  });

  it('does so at every ICE restart, and keeps the ones before for checks under way', () => {
    const one = agent();
    strengthenCredentials(one);
    const first = one.localUsername;
    one.restart();
    const second = one.localUsername;
    expect(Object.keys(one.userHistory)).toEqual(expect.arrayContaining([first, second]));
    one.restart();
    expect(Object.keys(one.userHistory).toSorted()).toEqual([second, one.localUsername].toSorted());
  });
});
