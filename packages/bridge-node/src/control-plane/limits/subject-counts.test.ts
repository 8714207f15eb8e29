import { eventsPath, signalingPath } from '@voice-bridge/core';
import { describe, expect, it } from 'vitest';
import { type Ask, ask } from '../../testing/ask.ts';
import { createTestBridge } from '../../testing/create-test-bridge.ts';
import { SubjectCounts } from './subject-counts.ts';

const PEOPLE: Readonly<Record<string, string>> = { ann: 'ann', 'ann-too': 'ann', bob: 'bob' };

function start(connectionsPerSubject: number) {
  const authorize = (request: Request) => {
    const subject = PEOPLE[request.headers.get('authorization') ?? ''];
    return subject === undefined ? undefined : { subject, conversations: 'any' as const };
  };
  const bridge = createTestBridge({ authorize, limits: { connectionsPerSubject } });
  const as = (name: string, more: Ask = {}): Ask => ({ headers: { authorization: name }, ...more });
  const follow = (name: string, more?: Ask) => ask(bridge, eventsPath('c'), as(name, more));
  const signal = (name: string, more?: Ask) => ask(bridge, signalingPath('c', 'mobile'), as(name, more));
  return { follow, signal };
}

describe('connections of one subject', () => {
  it('are so many at once, feeds and signaling together, whatever token they came with', async () => {
    const { follow, signal } = start(2);
    const first = await follow('ann');
    expect([first.status, (await signal('ann-too')).status]).toEqual([200, 200]);
    expect([(await follow('ann')).status, (await signal('ann')).status]).toEqual([429, 429]);
    expect((await follow('bob')).status).toBe(200);
    await first.body?.cancel();
    expect((await follow('ann')).status).toBe(200);
  });

  it('count no more when the client gave up', async () => {
    const { follow, signal } = start(1);
    for (const open of [follow, signal, follow]) {
      const abort = new AbortController();
      expect((await open('ann', { signal: abort.signal })).status).toBe(200);
      abort.abort();
    }
  });

  it('are counted for nobody where everybody may connect', async () => {
    const bridge = createTestBridge({ authorize: 'open', limits: { connectionsPerSubject: 1 } });
    for (let n = 0; n < 3; n++) expect((await ask(bridge, eventsPath('c'))).status).toBe(200);
  });

  it('are given back once', () => {
    const counts = new SubjectCounts(1);
    const ann = { subject: 'ann', conversations: 'any' as const };
    const release = counts.take(ann);
    release();
    const other = counts.take(ann);
    release();
    expect(() => counts.take(ann)).toThrow(expect.objectContaining({ code: 'rate_limited' }));
    other();
    counts.take(ann);
  });
});
