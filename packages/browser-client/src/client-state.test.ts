import { VoiceBridgeError } from '@voice-bridge/core';
import { describe, expect, it } from 'vitest';
import { type ClientInput, INITIAL_SNAPSHOT, stepClient } from './client-state.ts';
import type { ToolCall, TranscriptLine, VoiceSnapshot } from './voice-client.ts';

const nobodyElse = { participantId: 'par_1', participants: [], pushToTalk: false } as const;
const joined: ClientInput = {
  type: 'bridge',
  event: { type: 'joined', sessionId: 'ses_1', assistant: 'listening', transcript: [], history: [], ...nobodyElse },
};
const letIn = (sessionId: string, history: readonly TranscriptLine[]): ClientInput => ({
  type: 'bridge',
  event: { type: 'joined', sessionId, assistant: 'idle', transcript: [], history, ...nobodyElse },
});
const run = (inputs: readonly ClientInput[], from: VoiceSnapshot = INITIAL_SNAPSHOT) =>
  inputs.reduce((snapshot, input) => stepClient(snapshot, input).snapshot, from);
const call = (callId: string, fields: Partial<ToolCall> = {}): ClientInput => ({
  type: 'bridge',
  event: {
    type: 'toolCall',
    call: {
      callId,
      name: 'set_lamp',
      arguments: '{}',
      state: 'running',
      progress: undefined,
      result: undefined,
      ...fields,
    },
  },
});
const lost = new VoiceBridgeError('connection_lost', 'Lost');

describe('client state', () => {
  it('goes from idle over connecting to connected, telling each change once', () => {
    const connecting = stepClient(INITIAL_SNAPSHOT, { type: 'connecting' });
    expect(connecting.notices).toEqual([{ name: 'stateChanged', state: 'connecting', previous: 'idle' }]);
    const connected = stepClient(connecting.snapshot, joined);
    expect(connected.snapshot).toMatchObject({ state: 'connected', sessionId: 'ses_1', assistant: 'listening' });
    expect(connected.notices).toEqual([{ name: 'stateChanged', state: 'connected', previous: 'connecting' }]);
  });

  it('is the same object when nothing changed', () => {
    const connected = run([{ type: 'connecting' }, joined]);
    const inputs: ClientInput[] = [
      { type: 'bridge', event: { type: 'assistant', state: 'listening' } },
      { type: 'bridge', event: { type: 'transcriptDelta', id: 'unknown', delta: 'x' } },
      { type: 'muted', muted: false },
      { type: 'microphone', report: { name: 'off' } },
      { type: 'typedFailed', id: 'typed_9' },
    ];
    for (const input of inputs) expect(stepClient(connected, input).snapshot).toBe(connected);
  });

  it('a redial forgets what belonged to the connection and keeps what was said', () => {
    const talking = run([
      { type: 'connecting' },
      joined,
      { type: 'bridge', event: { type: 'speech', state: 'started' } },
      {
        type: 'bridge',
        event: { type: 'transcript', line: { id: 'a', role: 'user', text: 'hi', state: 'final' }, after: null },
      },
      call('c1'),
    ]);
    const redialling = stepClient(talking, { type: 'reconnecting', error: lost }).snapshot;
    expect(redialling).toMatchObject({
      state: 'reconnecting',
      sessionId: 'ses_1',
      assistant: 'idle',
      userSpeaking: false,
      error: lost,
    });
    expect(redialling.transcript).toHaveLength(1);
    expect(redialling.toolCalls).toHaveLength(1);
  });

  it('[S-1.30] a page that just came shows what was said before, and one that was there shows it once', () => {
    const kept = { id: 'ses_0/a', role: 'user', text: 'hi', state: 'final' } as const;
    const heard = { ...kept, id: 'ses_1/a', text: 'and again' };
    const first = run([{ type: 'connecting' }, letIn('ses_1', [kept])]);
    expect(first.transcript.map(({ text }) => text)).toEqual(['hi']);
    const said = run(
      [{ type: 'bridge', event: { type: 'transcript', line: { ...heard, id: 'a' }, after: null } }],
      first,
    );
    for (const between of [
      { type: 'reconnecting', error: lost },
      { type: 'ended', state: 'closed', error: null },
    ] as const) {
      const second = run([between, letIn('ses_2', [kept, heard])], said);
      expect(second.transcript.map(({ text }) => text)).toEqual(['hi', 'and again']);
    }
  });

  it('being let in again clears the error of the loss', () => {
    expect(run([{ type: 'connecting' }, joined, { type: 'reconnecting', error: lost }, joined]).error).toBeNull();
  });

  it('a new session starts without the tool calls and the error of the old one', () => {
    const failed = run([{ type: 'connecting' }, joined, call('c1'), { type: 'ended', state: 'failed', error: lost }]);
    expect(failed).toMatchObject({ state: 'failed', error: lost, microphone: 'off', sessionId: null });
    expect(run([{ type: 'connecting' }], failed)).toMatchObject({ error: null, toolCalls: [] });
  });

  it('[S-2.14] muting shows on a live microphone only, and lasts', () => {
    const before = run([{ type: 'muted', muted: true }]);
    expect(before).toMatchObject({ muted: true, microphone: 'off' });
    const live = run([{ type: 'microphone', report: { name: 'live' } }], before);
    expect(live.microphone).toBe('muted');
    expect(run([{ type: 'muted', muted: false }], live).microphone).toBe('live');
    const none = run([{ type: 'microphone', report: { name: 'unavailable', reason: 'microphone_denied' } }], before);
    expect(run([{ type: 'muted', muted: false }], none).microphone).toBe('unavailable');
  });

  it('the reason goes when the microphone comes', () => {
    const none = run([{ type: 'microphone', report: { name: 'unavailable', reason: 'microphone_in_use' } }]);
    expect(none.microphoneReason).toBe('microphone_in_use');
    expect(run([{ type: 'microphone', report: { name: 'live' } }], none).microphoneReason).toBeNull();
  });

  it('a tool call changes in place, and only the last hundred are kept', () => {
    const many = run(Array.from({ length: 120 }, (_, i) => call(`c${i}`)));
    expect(many.toolCalls.map((each) => each.callId).slice(0, 1)).toEqual(['c20']);
    const step = stepClient(many, call('c50', { state: 'done', result: '{}' }));
    expect(step.snapshot.toolCalls).toHaveLength(100);
    expect(step.snapshot.toolCalls[30]).toMatchObject({ callId: 'c50', state: 'done' });
    expect(step.notices).toMatchObject([{ name: 'toolCall', call: { callId: 'c50' } }]);
  });

  it('tells a transcript line with its whole text on every delta', () => {
    const line = { id: 'a', role: 'assistant', text: 'The ', state: 'partial' } as const;
    const snapshot = run([joined, { type: 'bridge', event: { type: 'transcript', line, after: null } }]);
    const step = stepClient(snapshot, { type: 'bridge', event: { type: 'transcriptDelta', id: 'a', delta: 'lamp' } });
    expect(step.notices).toEqual([{ name: 'transcript', line: { ...line, text: 'The lamp' } }]);
  });

  it('[S-2.20] the end of a session fails the typed lines that were still waiting', () => {
    const waiting = run([{ type: 'connecting' }, joined, { type: 'typed', id: 'typed_1', text: 'hello' }]);
    expect(waiting.transcript[0]?.state).toBe('pending');
    expect(run([{ type: 'ended', state: 'closed', error: null }], waiting).transcript[0]?.state).toBe('failed');
  });

  it("the bridge's errors are warnings and change nothing", () => {
    const error = new VoiceBridgeError('model_error', 'Odd');
    const step = stepClient(INITIAL_SNAPSHOT, { type: 'bridge', event: { type: 'error', error } });
    expect(step).toEqual({ snapshot: INITIAL_SNAPSHOT, notices: [{ name: 'warning', error }] });
  });
});
