import { silentLogger, type TranscriptEntry } from '@voice-bridge/core';
import { ManualClock } from '@voice-bridge/core/testing';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { VoiceBridgeOptions } from '../options.ts';
import { closeBridge, openBridge } from '../testing/ask.ts';
import { createTestBridge } from '../testing/create-test-bridge.ts';
import { FakeSessionHost } from '../testing/fake-session-host.ts';
import type { BridgeEvents } from './bridge-events.ts';
import { MemoryStore } from './store/memory-store.ts';
import { tool } from './tools/tool.ts';

const NAMES = [
  'sessionOpened',
  'sessionClosed',
  'participantJoined',
  'participantLeft',
  'transcript',
  'toolCall',
  'toolResult',
  'warning',
] as const satisfies readonly (keyof BridgeEvents)[];

function start(options: VoiceBridgeOptions = {}) {
  const clock = new ManualClock();
  const host = new FakeSessionHost();
  const bridge = createTestBridge({ authorize: 'open', ...options }, { host, clock });
  const events: unknown[] = [];
  for (const name of NAMES) bridge.on(name, (event) => events.push([name, event]));
  return { clock, host, bridge, events };
}

const entry = (id: string, text: string, role: TranscriptEntry['role'] = 'user'): TranscriptEntry => ({
  id,
  role,
  text,
  state: 'final',
});

describe('bridge.on', () => {
  it('[S-2.18] tells the life of a session in order', async () => {
    const lamp = tool({ description: 'x', input: z.object({}), run: () => ({ lit: true }) });
    const { bridge, host, clock, events } = start({ tools: { lamp } });
    await openBridge(bridge, 'c');
    const { sessionId } = host.last.options;
    const participantId = host.last.told('join')[0]?.participantId ?? '';
    host.last.emit({ type: 'transcript', entry: entry('q', 'light'), after: null });
    host.last.emit({ type: 'toolCall', callId: 'call_1', name: 'lamp', arguments: '{}' });
    await clock.advanceAsync(0);
    host.last.emit({ type: 'warning', code: 'model_error', message: 'odd\nstack' });
    host.last.emit({ type: 'participantLeft', participantId, reason: 'left' });
    host.last.end('left');
    const ref = { conversationId: 'c', sessionId };
    const call = { ...ref, callId: 'call_1', name: 'lamp', arguments: '{}' };
    expect(events).toEqual([
      ['sessionOpened', { ...ref, subject: 'anonymous' }],
      ['participantJoined', { ...ref, participantId, name: null, role: 'speaker', transport: 'webrtc' }],
      ['transcript', { ...ref, entry: entry('q', 'light'), after: null }],
      ['toolCall', call],
      ['toolResult', { ...call, output: '{"lit":true}', failed: false, durationMs: 0 }],
      ['warning', { ...ref, code: 'model_error', message: 'odd' }],
      ['participantLeft', { ...ref, participantId, reason: 'left' }],
      ['sessionClosed', { ...ref, reason: 'left', code: 'session_closed' }],
    ]);
  });

  it('[S-0.43] tells of a model that cannot be had as a warning, and logs it with its code and session', async () => {
    const host = new FakeSessionHost({ model: { code: 'model_rejected', message: 'No.' } });
    const logged: unknown[] = [];
    const logger = { ...silentLogger, warn: (...line: unknown[]) => logged.push(line) };
    const bridge = createTestBridge({ authorize: 'open', logger }, { host });
    const warnings: unknown[] = [];
    bridge.on('warning', (event) => warnings.push(event));
    await openBridge(bridge, 'c');
    expect(warnings).toEqual([
      { conversationId: 'c', sessionId: host.last.options.sessionId, code: 'model_rejected', message: 'No.' },
    ]);
    const { sessionId } = host.last.options;
    expect(logged).toEqual([[{ conversationId: 'c', sessionId, code: 'model_rejected' }, 'No.']]);
  });

  it('tells nothing of a request that was given up', async () => {
    const clock = new ManualClock();
    const host = new FakeSessionHost({ model: 'hangs' });
    const bridge = createTestBridge({ authorize: 'open' }, { host, clock });
    const warnings: unknown[] = [];
    bridge.on('warning', (event) => warnings.push(event));
    const answer = openBridge(bridge, 'c');
    await clock.advanceAsync(0);
    await closeBridge(bridge, 'c');
    expect([(await answer).status, warnings]).toEqual([409, []]);
  });

  it('survives a listener that throws, and forgets one that was taken off', async () => {
    const { bridge, events } = start();
    const seen: string[] = [];
    bridge.on('sessionOpened', () => {
      throw new TypeError('oops');
    });
    const stop = bridge.on('sessionOpened', ({ conversationId }) => seen.push(conversationId));
    await openBridge(bridge, 'a');
    stop();
    await openBridge(bridge, 'b');
    expect(seen).toEqual(['a']);
    expect(events).toHaveLength(4);
  });
});

describe('tools of a session', () => {
  it('[S-2.23] send progress and exactly one result to the media plane, which shows them', async () => {
    const lamp = tool({
      description: 'Switch the lamp',
      input: z.object({ colour: z.string() }),
      run: ({ colour }, { progress, announce, participantId }) => {
        progress({ left: 1 });
        announce('Soon.');
        return { colour, participantId };
      },
    });
    const { bridge, host, clock } = start({ tools: { lamp } });
    await openBridge(bridge, 'c');
    const { participantId } = host.last.told('join')[0] ?? {};
    expect(host.last.options.upstream.tools).toEqual([
      { name: 'lamp', description: 'Switch the lamp', parameters: lamp.parameters },
    ]);
    for (let i = 0; i < 2; i++) {
      host.last.emit({ type: 'toolCall', callId: 'call_1', name: 'lamp', arguments: '{"colour":"blue"}' });
    }
    await clock.advanceAsync(0);
    expect(host.last.commands.slice(1)).toEqual([
      { type: 'toolProgress', callId: 'call_1', progress: { left: 1 } },
      { type: 'announce', text: 'Soon.' },
      {
        type: 'toolResult',
        callId: 'call_1',
        output: JSON.stringify({ colour: 'blue', participantId }),
        failed: false,
      },
    ]);
  });

  it('are aborted when their session closes and told nothing of it to the model', async () => {
    const signals: AbortSignal[] = [];
    const wait = tool({
      description: 'x',
      input: z.object({}),
      run: (_input, { signal, announce }) => {
        signals.push(signal);
        return new Promise((_resolve, reject) =>
          signal.addEventListener('abort', () => {
            announce('too late');
            reject(signal.reason);
          }),
        );
      },
    });
    const { bridge, host, clock } = start({ tools: { wait } });
    await openBridge(bridge, 'c');
    host.last.emit({ type: 'toolCall', callId: 'call_1', name: 'wait', arguments: '{}' });
    await clock.advanceAsync(0);
    await closeBridge(bridge, 'c');
    expect(signals[0]?.aborted).toBe(true);
    expect(host.last.commands.map(({ type }) => type)).toEqual(['join', 'close']);
    expect(clock.pending).toBe(0);
  });
});

describe('the store', () => {
  it('[S-2.9] keeps what happened, and the next session is told what was said', async () => {
    const store = new MemoryStore();
    const lamp = tool({ description: 'x', input: z.object({}), run: () => 'ok' });
    const { bridge, host, clock } = start({ store, tools: { lamp } });
    await openBridge(bridge, 'c');
    const first = host.last;
    first.emit({ type: 'transcript', entry: { ...entry('q', 'li'), state: 'partial' }, after: null });
    first.emit({ type: 'transcript', entry: entry('a', 'It is on.', 'assistant'), after: 'q' });
    first.emit({ type: 'transcript', entry: entry('q', 'light on'), after: null });
    first.emit({ type: 'transcript', entry: { ...entry('b', 'noise'), state: 'failed' }, after: 'a' });
    first.emit({ type: 'toolCall', callId: 'call_1', name: 'lamp', arguments: '{}' });
    await clock.advanceAsync(0);
    await openBridge(bridge, 'c');
    expect(host.last.options.history).toMatchObject([
      { role: 'user', text: 'light on' },
      { role: 'assistant', text: 'It is on.' },
    ]);
    const types = (await store.read('c', 100)).map((event) => event.type);
    expect(types).toEqual([
      'sessionOpened',
      'participantJoined',
      'transcript',
      'transcript',
      'toolCall',
      'sessionClosed',
      'sessionOpened',
      'participantJoined',
    ]);
    await openBridge(bridge, 'other');
    expect(host.last.options.history).toEqual([]);
  });

  it('that fails costs a warning, never a session', async () => {
    const failing = async () => {
      throw new TypeError('disk is full');
    };
    const { bridge, host, clock, events } = start({
      store: { append: failing, read: failing, readAfter: failing, delete: failing, close: failing },
    });
    expect((await openBridge(bridge, 'c')).status).toBe(200);
    await clock.advanceAsync(0);
    expect(events).toContainEqual([
      'warning',
      expect.objectContaining({ code: 'internal', message: expect.stringContaining('disk is full') }),
    ]);
    expect(host.live).toHaveLength(1);
    await bridge.close();
  });
});

describe('a store that hangs', () => {
  it('holds no session up for more than 2 s, nor the end of the bridge', async () => {
    const hanging = () => new Promise<never>(() => {});
    const { bridge, clock, events } = start({
      store: { append: hanging, read: hanging, readAfter: hanging, delete: hanging, close: hanging },
    });
    const answer = openBridge(bridge, 'c');
    await clock.advanceAsync(2_000);
    expect((await answer).status).toBe(200);
    const closed = bridge.close();
    await clock.advanceAsync(2_000);
    await closed;
    expect(clock.pending).toBe(0);
    expect(events).toContainEqual(['warning', expect.objectContaining({ message: expect.stringContaining('2 s') })]);
  });
});

describe('bridge.sessions', () => {
  it('shows sessions without their key or prompt, and closes them', async () => {
    const { bridge, host, clock } = start({ model: { apiKey: 'sk-very-secret' }, instructions: 'PROMPT' });
    await openBridge(bridge, 'c');
    host.last.emit({ type: 'transcript', entry: entry('a', 'two'), after: 'q' });
    host.last.emit({ type: 'transcript', entry: entry('q', 'one'), after: null });
    clock.advance(1_500);
    expect(bridge.sessions.get('c')).toEqual({
      conversationId: 'c',
      sessionId: host.last.options.sessionId,
      subject: 'anonymous',
      state: 'open',
      participants: [
        {
          participantId: host.last.told('join')[0]?.participantId,
          name: null,
          role: 'speaker',
          transport: 'webrtc',
          muted: false,
          gain: 1,
        },
      ],
      openedAt: 0,
      assistant: 'idle',
      ageMs: 1_500,
      transcript: [entry('q', 'one'), entry('a', 'two')],
    });
    expect(JSON.stringify(bridge.sessions.list())).not.toMatch(/sk-very|PROMPT/);
    await bridge.sessions.close('c');
    await bridge.sessions.close('never');
    expect([bridge.sessions.list(), bridge.sessions.get('c'), host.live]).toEqual([[], undefined, []]);
  });

  it('tells how the connections of an open session are, and nothing of others', async () => {
    const { bridge, host } = start();
    await openBridge(bridge, 'c');
    host.last.stats = { model: [], participants: { p: [] } };
    const asked = [bridge.sessions.stats('c'), bridge.sessions.stats('c')];
    expect(await Promise.all(asked)).toEqual([host.last.stats, host.last.stats]);
    expect(host.last.told('reportStats')).toHaveLength(1);
    const last = bridge.sessions.stats('c');
    await bridge.sessions.close('c');
    expect([await last, await bridge.sessions.stats('c'), await bridge.sessions.stats('never')]).toEqual([
      expect.anything(),
      undefined,
      undefined,
    ]);
  });
});
