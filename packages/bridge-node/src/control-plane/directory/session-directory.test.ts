import { ENDPOINTS, type ErrorCode } from '@voice-bridge/core';
import { ManualClock } from '@voice-bridge/core/testing';
import { describe, expect, it } from 'vitest';
import type { VoiceBridgeOptions } from '../../options.ts';
import { closeBridge, OFFER, openBridge, outcome, post, sendText } from '../../testing/ask.ts';
import { createTestBridge } from '../../testing/create-test-bridge.ts';
import { FakeSessionHost, type FakeSessionHostOptions } from '../../testing/fake-session-host.ts';

function start(host: FakeSessionHostOptions = {}, options: VoiceBridgeOptions = {}) {
  const clock = new ManualClock();
  const sessionHost = new FakeSessionHost(host);
  const bridge = createTestBridge({ authorize: 'open', ...options }, { host: sessionHost, clock });
  return { clock, host: sessionHost, bridge };
}

describe('opening a session', () => {
  it('[S-2.3] dials the model first, then answers the offer', async () => {
    const { bridge, host } = start({}, { instructions: 'Be brief.', model: { apiKey: 'k', voice: 'cedar' } });
    const response = await post(bridge, ENDPOINTS.bridge, {
      conversation_id: 'c',
      offer: OFFER,
      agent_name: 'Ada',
      system_prompt: 'Speak French.',
    });
    const { options, commands } = host.last;
    expect(await response.json()).toEqual({
      session_id: options.sessionId,
      participant_id: commands.flatMap((command) => (command.type === 'join' ? command.participantId : []))[0],
      answer: expect.stringContaining('v=0'),
      resume_token: expect.stringMatching(/^res_/),
    });
    expect(commands).toEqual([
      expect.objectContaining({
        type: 'join',
        participantId: expect.stringMatching(/^par_/),
        offer: OFFER,
        textLength: 4_000,
      }),
    ]);
    expect(options.upstream).toMatchObject({
      apiKey: 'k',
      voice: 'cedar',
      instructions: 'Be brief.\n\nYour name is Ada.\n\nSpeak French.',
    });
  });

  it('[S-2.7] asks for no answer while the model is not connected', async () => {
    const { bridge, host, clock } = start({ model: 'hangs' });
    const answer = outcome(openBridge(bridge, 'c'));
    await clock.advanceAsync(1_000);
    expect(host.last.commands).toEqual([]);
    host.last.emit({ type: 'opened' });
    expect(await answer).toEqual([200]);
    expect(host.last.told('join')).toHaveLength(1);
  });

  it.each<[ErrorCode, number, string | null]>([
    ['model_unreachable', 502, null],
    ['model_rejected', 502, null],
    ['model_error', 502, null],
    ['model_rate_limited', 503, '10'],
    ['connect_timeout', 504, null],
    ['internal', 500, null],
  ])('that the model answers with %s ends with %d and leaves nothing behind', async (code, status, retryAfter) => {
    const { bridge, host, clock } = start({ model: { code, message: 'No.' } });
    const response = await openBridge(bridge, 'c');
    expect(response.headers.get('retry-after')).toBe(retryAfter);
    expect(await outcome(response)).toEqual([status, code]);
    expect([host.live, bridge.sessions.list(), clock.pending]).toEqual([[], [], 0]);
  });

  it('that the model never answers ends with 504', async () => {
    const { bridge, host, clock } = start({ model: 'hangs', closes: false });
    const answer = outcome(openBridge(bridge, 'c'));
    await clock.advanceAsync(21_000);
    expect(host.last.told('close')).toHaveLength(1);
    await clock.advanceAsync(6_000);
    expect(await answer).toEqual([504, 'connect_timeout']);
    expect([bridge.sessions.list(), clock.pending]).toEqual([[], 0]);
  });

  it('whose offer the media plane refuses ends the session too', async () => {
    const { bridge, host, clock } = start({ answers: false });
    const answer = openBridge(bridge, 'c');
    await clock.advanceAsync(0);
    const participantId = host.last.told('join')[0]?.participantId ?? '';
    host.last.emit({ type: 'joinRefused', participantId, code: 'invalid_offer', message: 'no' });
    expect(await outcome(answer)).toEqual([400, 'invalid_offer']);
    expect([host.live, clock.pending]).toEqual([[], 0]);
  });

  it('that is never answered ends with 504', async () => {
    const { bridge, host, clock } = start({ answers: false });
    const answer = outcome(openBridge(bridge, 'c'));
    await clock.advanceAsync(15_000);
    expect(await answer).toEqual([504, 'connect_timeout']);
    expect([host.live, clock.pending]).toEqual([[], 0]);
  });

  it('to which no browser comes within 15 s closes', async () => {
    const { bridge, host, clock } = start({ connects: false });
    const codes: string[] = [];
    bridge.on('sessionClosed', ({ reason, code }) => codes.push(reason, code));
    expect(await outcome(openBridge(bridge, 'c'))).toEqual([200]);
    await clock.advanceAsync(14_999);
    expect(host.live).toHaveLength(1);
    await clock.advanceAsync(1);
    expect([host.live, codes, clock.pending]).toEqual([[], ['connection_lost', 'connect_timeout'], 0]);
  });

  it('at a host that throws ends with 500 and its words stay inside', async () => {
    const clock = new ManualClock();
    const host = {
      open() {
        throw new TypeError('secret inner state');
      },
      async close() {},
    };
    const bridge = createTestBridge({ authorize: 'open' }, { host, clock });
    const response = await openBridge(bridge, 'c');
    expect(await response.clone().text()).not.toContain('secret inner state');
    expect(await outcome(response)).toEqual([500, 'internal']);
    expect([bridge.sessions.list(), clock.pending]).toEqual([[], 0]);
  });
});

describe('a client that gives up', () => {
  it.each<[string, FakeSessionHostOptions]>([
    ['while the model is dialled', { model: 'hangs' }],
    ['while the offer is answered', { answers: false }],
  ])('%s frees everything', async (_name, options) => {
    const { bridge, host, clock } = start(options);
    const abort = new AbortController();
    const answer = openBridge(bridge, 'c', { signal: abort.signal });
    await clock.advanceAsync(10);
    expect(host.live).toHaveLength(1);
    abort.abort();
    expect(await outcome(answer)).toEqual([499, 'aborted']);
    expect([host.live, bridge.sessions.list(), clock.pending]).toEqual([[], [], 0]);
  });

  it('before its turn leaves the running session alone', async () => {
    const { bridge, host } = start();
    await openBridge(bridge, 'c');
    const answer = openBridge(bridge, 'c', { signal: AbortSignal.abort() });
    expect(await outcome(answer)).toEqual([499, 'aborted']);
    expect([host.sessions.length, host.last.closed]).toEqual([1, false]);
  });

  it('before its turn dials nothing', async () => {
    const { bridge, host } = start();
    const answer = openBridge(bridge, 'c', { signal: AbortSignal.abort() });
    expect(await outcome(answer)).toEqual([499, 'aborted']);
    expect(host.sessions).toEqual([]);
  });
});

describe('one session per conversation', () => {
  it('[S-2.6] closes the old one before the new one starts', async () => {
    const { bridge, host, clock } = start({ closes: false });
    await openBridge(bridge, 'c');
    const [old] = host.sessions;
    const answer = outcome(openBridge(bridge, 'c'));
    await clock.advanceAsync(100);
    expect(host.sessions).toHaveLength(1);
    expect(old?.told('close')).toEqual([{ type: 'close', reason: 'replaced' }]);
    old?.end('replaced');
    expect(await answer).toEqual([200]);
    expect(host.live).toEqual([host.sessions[1]]);
  });

  it('[S-2.6] starts the new one even when the old one never says it is closed', async () => {
    const { bridge, host, clock } = start({ closes: false });
    await openBridge(bridge, 'c');
    const answer = outcome(openBridge(bridge, 'c'));
    await clock.advanceAsync(6_000);
    expect(await answer).toEqual([200]);
    expect(bridge.sessions.get('c')?.sessionId).toBe(host.last.options.sessionId);
  });

  it('[S-2.6] leaves exactly one of many requests at once: the newest', async () => {
    const { bridge, host, clock } = start();
    const answers = Array.from({ length: 8 }, () => outcome(openBridge(bridge, 'c')));
    await clock.advanceAsync(0);
    const outcomes = await Promise.all(answers);
    expect(outcomes.slice(0, 7)).toEqual(Array.from({ length: 7 }, () => [409, 'session_replaced']));
    expect(outcomes[7]).toEqual([200]);
    expect(host.live).toHaveLength(1);
    expect(bridge.sessions.list()).toHaveLength(1);
  });

  it('[S-2.6] gives up an older request that is still dialling', async () => {
    const { bridge, host, clock } = start({ model: 'hangs' });
    const first = outcome(openBridge(bridge, 'c'));
    await clock.advanceAsync(1_000);
    const second = outcome(openBridge(bridge, 'c'));
    expect(await first).toEqual([409, 'session_replaced']);
    await clock.advanceAsync(0);
    expect(host.live).toHaveLength(1);
    host.last.emit({ type: 'opened' });
    expect(await second).toEqual([200]);
  });

  it('lets DELETE end one that is still dialling, and a later request start anew', async () => {
    const { bridge, host, clock } = start({ model: 'hangs' });
    const first = outcome(openBridge(bridge, 'c'));
    await clock.advanceAsync(1_000);
    const closing = outcome(closeBridge(bridge, 'c'));
    const second = outcome(openBridge(bridge, 'c'));
    expect(await first).toEqual([409, 'session_closed']);
    expect(await closing).toEqual([200]);
    await clock.advanceAsync(0);
    host.last.emit({ type: 'opened' });
    expect(await second).toEqual([200]);
    expect(host.live).toHaveLength(1);
  });

  it('keeps conversations apart', async () => {
    const { bridge, host } = start();
    await Promise.all(['a', 'b', 'c'].map((id) => openBridge(bridge, id)));
    await closeBridge(bridge, 'b');
    expect(host.live.map((session) => session.options.conversationId)).toEqual(['a', 'c']);
  });

  it('keeps a running session when a bad offer comes', async () => {
    const { bridge, host } = start();
    await openBridge(bridge, 'c');
    await post(bridge, ENDPOINTS.bridge, { conversation_id: 'c', offer: 'junk' });
    expect([host.sessions.length, host.last.closed]).toEqual([1, false]);
  });
});

describe('shutting down', () => {
  it('ends every session, also those that are opening, and takes no more', async () => {
    const { bridge, host, clock } = start({ model: 'hangs' });
    const opening = outcome(openBridge(bridge, 'opening'));
    const open = outcome(openBridge(bridge, 'open'));
    await clock.advanceAsync(10);
    host.last.emit({ type: 'opened' });
    expect(await open).toEqual([200]);
    await Promise.all([bridge.close(), bridge.close()]);
    expect(await opening).toEqual([503, 'shutting_down']);
    expect([host.live, clock.pending]).toEqual([[], 0]);
    const late = await openBridge(bridge, 'late');
    expect(late.headers.get('retry-after')).toBe('5');
    expect(await outcome(late)).toEqual([503, 'shutting_down']);
  });
});

describe('the list of sessions', () => {
  it('shows one that its host is ending as closing, and takes no text for it', async () => {
    const { bridge, host, clock } = start();
    await openBridge(bridge, 'c');
    host.last.emit({ type: 'closing', reason: 'model_closed', code: 'model_closed', message: 'It hung up' });
    expect(bridge.sessions.get('c')?.state).toBe('closing');
    expect(await outcome(sendText(bridge, 'c'))).toEqual([404, 'not_found']);
    await clock.advanceAsync(0);
    expect([bridge.sessions.list(), clock.pending]).toEqual([[], 0]);
  });

  it('has no closed session in it, not even for those who hear of the end', async () => {
    const { bridge, host } = start();
    const seen: unknown[] = [];
    bridge.on('sessionClosed', ({ reason, code }) =>
      seen.push([reason, code, bridge.sessions.list(), bridge.sessions.get('c')]),
    );
    await openBridge(bridge, 'c');
    host.last.emit({ type: 'closing', reason: 'model_closed', code: 'session_expired' });
    host.last.end('model_closed');
    expect(seen).toEqual([['model_closed', 'session_expired', [], undefined]]);
  });
});
