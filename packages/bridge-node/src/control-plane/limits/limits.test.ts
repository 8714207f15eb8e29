import { ManualClock } from '@voice-bridge/core/testing';
import { describe, expect, it } from 'vitest';
import { addParticipant, closeBridge, openBridge, outcome, sendText } from '../../testing/ask.ts';
import { createTestBridge } from '../../testing/create-test-bridge.ts';
import { FakeSessionHost } from '../../testing/fake-session-host.ts';
import type { Limits } from './limits.ts';

const MINUTE = 60_000;

function start(limits: Partial<Limits>) {
  const clock = new ManualClock();
  const host = new FakeSessionHost();
  const closes: string[] = [];
  const authorize = (request: Request) => ({
    subject: request.headers.get('authorization') ?? '',
    conversations: 'any' as const,
  });
  const bridge = createTestBridge({ authorize, limits }, { host, clock });
  bridge.on('sessionClosed', ({ reason, code }) => closes.push(`${reason} ${code}`));
  return { clock, host, bridge, closes };
}

const as = (name: string) => ({ headers: { authorization: name } });

describe('how many', () => {
  it('sessions at once: one more is refused with 503, a place that is left is free again', async () => {
    const { bridge, host } = start({ sessions: 2 });
    await openBridge(bridge, 'a');
    await openBridge(bridge, 'b');
    const refused = await openBridge(bridge, 'c');
    expect(refused.headers.get('retry-after')).toBe('10');
    expect(await outcome(refused)).toEqual([503, 'too_many_sessions']);
    expect(host.sessions).toHaveLength(2);
    await closeBridge(bridge, 'a');
    expect(await outcome(openBridge(bridge, 'c'))).toEqual([200]);
  });

  it('sessions at once: requests still dialling count, a conversation that has one may renew it', async () => {
    const { bridge } = start({ sessions: 2 });
    const answers = await Promise.all(['a', 'b', 'c'].map((id) => outcome(openBridge(bridge, id))));
    expect(answers).toEqual([[200], [200], [503, 'too_many_sessions']]);
    expect(await outcome(openBridge(bridge, 'a'))).toEqual([200]);
  });

  it('sessions of one subject: its next one is refused with 429, others go on', async () => {
    const { bridge } = start({ sessionsPerSubject: 2 });
    await openBridge(bridge, 'a', as('ann'));
    await openBridge(bridge, 'b', as('ann'));
    const refused = await openBridge(bridge, 'c', as('ann'));
    expect(refused.headers.get('retry-after')).toBe('10');
    expect(await outcome(refused)).toEqual([429, 'rate_limited']);
    expect(await outcome(openBridge(bridge, 'b', as('ann')))).toEqual([200]);
    expect(await outcome(openBridge(bridge, 'c', as('bob')))).toEqual([200]);
  });

  it('sessions of nobody in particular are not counted per subject', async () => {
    const bridge = createTestBridge({ authorize: 'open', limits: { sessionsPerSubject: 1 } });
    expect(await outcome(openBridge(bridge, 'a'))).toEqual([200]);
    expect(await outcome(openBridge(bridge, 'b'))).toEqual([200]);
  });

  it('participants of a session', async () => {
    const { host, bridge } = start({ participants: 2 });
    await openBridge(bridge, 'a');
    expect(await outcome(addParticipant(bridge, 'a'))).toEqual([200]);
    expect(await outcome(addParticipant(bridge, 'a'))).toEqual([409, 'too_many_participants']);
    const [first] = host.last.told('join');
    host.last.emit({ type: 'participantLeft', participantId: first?.participantId ?? '', reason: 'left' });
    expect(await outcome(addParticipant(bridge, 'a'))).toEqual([200]);
  });

  it('joins of a session in a minute: who comes and goes is told when to come again', async () => {
    const { host, bridge, clock } = start({ participants: 2, joinsPerMinute: 12 });
    await openBridge(bridge, 'a');
    const comeAndGo = async () => {
      const response = await addParticipant(bridge, 'a');
      const participantId = host.last.told('join').at(-1)?.participantId ?? '';
      host.last.emit({ type: 'participantLeft', participantId, reason: 'left' });
      return response;
    };
    for (let join = 0; join < 11; join++) expect(await outcome(comeAndGo())).toEqual([200]);
    const refused = await comeAndGo();
    expect(refused.headers.get('retry-after')).toBe('5');
    expect(await outcome(refused)).toEqual([429, 'rate_limited']);
    await clock.advanceAsync(5_000);
    expect(await outcome(comeAndGo())).toEqual([200]);
  });

  it('sessions a named subject opens in a minute: twenty at once', async () => {
    const { bridge, clock } = start({ sessionsPerSubject: 100 });
    for (let open = 0; open < 20; open++) expect(await outcome(openBridge(bridge, 'a', as('ann')))).toEqual([200]);
    expect(await outcome(openBridge(bridge, 'a', as('ann')))).toEqual([429, 'rate_limited']);
    expect(await outcome(openBridge(bridge, 'b', as('bob')))).toEqual([200]);
    await clock.advanceAsync(1_000);
    expect(await outcome(openBridge(bridge, 'a', as('ann')))).toEqual([200]);
  });
});

describe('texts over HTTP', () => {
  it('ten at once and one a second by default: one more is refused with 429 and told when to come again', async () => {
    const { bridge, host, clock } = start({});
    await openBridge(bridge, 'a');
    for (let text = 0; text < 10; text++) expect(await outcome(sendText(bridge, 'a'))).toEqual([200]);
    const refused = await sendText(bridge, 'a');
    expect(refused.headers.get('retry-after')).toBe('1');
    expect(await outcome(refused)).toEqual([429, 'rate_limited']);
    expect(host.last.told('sendText')).toHaveLength(10);
    await clock.advanceAsync(1_000);
    expect(await outcome(sendText(bridge, 'a'))).toEqual([200]);
    expect(await outcome(sendText(bridge, 'a'))).toEqual([429, 'rate_limited']);
  });

  it('are counted for each session by itself, and can be set', async () => {
    const { bridge, clock } = start({ textsPerMinute: 2 });
    await Promise.all([openBridge(bridge, 'a'), openBridge(bridge, 'b')]);
    const answers = ['a', 'a', 'a', 'b'].map((id) => outcome(sendText(bridge, id)));
    expect(await Promise.all(answers)).toEqual([[200], [200], [429, 'rate_limited'], [200]]);
    await clock.advanceAsync(10_000);
    expect((await sendText(bridge, 'a')).headers.get('retry-after')).toBe('20');
  });
});

describe('how long', () => {
  it('[S-1.31] a session lasts an hour by default, whatever is said', async () => {
    const { bridge, host, clock, closes } = start({});
    await openBridge(bridge, 'a');
    for (let minute = 0; minute < 59; minute++) {
      await clock.advanceAsync(MINUTE);
      host.last.emit({ type: 'activity' });
    }
    expect(host.live).toHaveLength(1);
    await clock.advanceAsync(MINUTE);
    expect([host.live, closes, clock.pending]).toEqual([[], ['expired session_expired'], 0]);
  });

  it('[S-1.31] a session in which nobody speaks or types lasts ten minutes', async () => {
    const { bridge, host, clock, closes } = start({});
    await openBridge(bridge, 'a');
    await clock.advanceAsync(9 * MINUTE);
    host.last.emit({ type: 'activity' });
    await clock.advanceAsync(9 * MINUTE);
    await sendText(bridge, 'a');
    await clock.advanceAsync(10 * MINUTE - 1);
    expect(host.live).toHaveLength(1);
    await clock.advanceAsync(1);
    expect([host.live, closes, clock.pending]).toEqual([[], ['idle session_idle'], 0]);
  });

  it('a browser has to connect can be set', async () => {
    const clock = new ManualClock();
    const host = new FakeSessionHost({ connects: false });
    const bridge = createTestBridge({ authorize: 'open', limits: { connectSeconds: 3 } }, { host, clock });
    expect(await outcome(openBridge(bridge, 'a'))).toEqual([200]);
    expect(host.last.options.connectTimeoutMs).toBe(3_000);
    await clock.advanceAsync(2_999);
    expect(host.live).toHaveLength(1);
    await clock.advanceAsync(1);
    expect(host.live).toEqual([]);
  });

  it('both can be set', async () => {
    const { bridge, clock, closes } = start({ sessionMinutes: 2, idleMinutes: 0.5 });
    await openBridge(bridge, 'a');
    await clock.advanceAsync(0.5 * MINUTE);
    expect(closes).toEqual(['idle session_idle']);
  });
});
