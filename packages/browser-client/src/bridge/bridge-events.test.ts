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
    ['stopped', undefined, undefined, false],
    ['left', undefined, undefined, false],
    ['replaced', undefined, 'session_replaced', false],
    ['idle', undefined, 'session_idle', false],
    ['expired', undefined, 'session_expired', false],
    ['connection_lost', undefined, 'connection_lost', true],
    ['shutting_down', undefined, 'shutting_down', true],
    ['model_closed', undefined, 'model_closed', false],
    ['model_closed', 'model_rejected', 'model_rejected', false],
    ['failed', 'model_unreachable', 'model_unreachable', false],
    ['failed', 'a_code_of_tomorrow', 'internal', false],
    ['a reason of tomorrow', undefined, 'session_closed', false],
  ])('[S-2.21] closed for %s (%s) ends with %s, redial %s', (reason, code, error, redial) => {
    const message = code === undefined ? { type: 'closed', reason } : { type: 'closed', reason, code };
    const parsed = read(message);
    expect(parsed).toMatchObject({ value: { type: 'closed', ending: { redial } } });
    const ending = parsed.ok && parsed.value.type === 'closed' ? parsed.value.ending : undefined;
    expect(ending?.error?.code).toBe(error);
  });

  it('an end that nothing heals by itself says what to do next', () => {
    for (const reason of ['replaced', 'idle', 'expired', 'model_closed', 'failed']) {
      expect(read({ type: 'closed', reason })).toMatchObject({
        value: { ending: { error: { hint: expect.stringMatching(/^Connect .+\.$/) } } },
      });
    }
  });
});
