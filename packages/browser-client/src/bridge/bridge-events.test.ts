import { describe, expect, it } from 'vitest';
import { parseBridgeEvent } from './bridge-events.ts';

const read = (message: unknown) => parseBridgeEvent(JSON.stringify(message));

describe('bridge events', () => {
  it("come in this package's words", () => {
    expect(
      read({
        type: 'tool_call',
        tool_call: { call_id: 'c1', name: 'roll_dice', arguments: '{}', state: 'done', result: '4' },
      }),
    ).toEqual({
      ok: true,
      value: {
        type: 'toolCall',
        call: { callId: 'c1', name: 'roll_dice', arguments: '{}', state: 'done', progress: undefined, result: '4' },
      },
    });
    expect(read({ type: 'transcript_delta', id: 'a', delta: 'x' })).toMatchObject({
      value: { type: 'transcriptDelta' },
    });
  });

  it.each(['not json', '[]', '{"type":"unknown"}', '{"type":"ping"}', '{"type":"joined","session_id":4}'])(
    'never throws: %s',
    (text) => {
      expect(parseBridgeEvent(text).ok).toBe(false);
    },
  );

  it.each([
    ['stopped', undefined, 'closed', undefined, false],
    ['left', undefined, 'closed', undefined, false],
    ['replaced', undefined, 'closed', 'session_replaced', false],
    ['idle', undefined, 'closed', 'session_idle', false],
    ['expired', undefined, 'closed', 'session_expired', false],
    ['connection_lost', undefined, 'failed', 'connection_lost', true],
    ['shutting_down', undefined, 'failed', 'shutting_down', true],
    ['model_closed', undefined, 'failed', 'model_closed', false],
    ['model_closed', 'model_rejected', 'failed', 'model_rejected', false],
    ['failed', 'model_unreachable', 'failed', 'model_unreachable', false],
    ['failed', 'a_code_of_tomorrow', 'failed', 'internal', false],
    ['a reason of tomorrow', undefined, 'failed', 'session_closed', false],
  ])('[S-2.21] closed for %s (%s) is %s with %s, redial %s', (reason, code, state, error, redial) => {
    const message = code === undefined ? { type: 'closed', reason } : { type: 'closed', reason, code };
    const parsed = read(message);
    expect(parsed).toMatchObject({ value: { type: 'closed', ending: { state, redial } } });
    const ending = parsed.ok && parsed.value.type === 'closed' ? parsed.value.ending : undefined;
    expect(ending?.error?.code).toBe(error);
  });
});
