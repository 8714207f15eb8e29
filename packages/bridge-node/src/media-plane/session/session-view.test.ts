import { describe, expect, it } from 'vitest';
import { SessionView, SHOWN_RESULT_LENGTH } from './session-view.ts';

describe('what a late client is told', () => {
  it('is the transcript in its order, with everything said so far', () => {
    const view = new SessionView();
    place(view, 'b', 'world', 'a');
    place(view, 'a', 'hello', null);
    place(view, 'c', 'and', 'b');
    view.apply({ type: 'transcriptDelta', id: 'c', delta: ' so on' });
    view.apply({ type: 'transcriptDelta', id: 'unknown', delta: 'lost' });
    place(view, 'b', 'World', 'a');
    expect(view.snapshot().transcript.map(({ text }) => text)).toEqual(['hello', 'World', 'and so on']);
  });

  it('is only the newest lines of a long conversation', () => {
    const view = new SessionView();
    for (let index = 0; index < 510; index++) {
      place(view, `${index}`, `${index}`, index === 0 ? null : `${index - 1}`);
    }
    const { transcript } = view.snapshot();
    expect(transcript).toHaveLength(500);
    expect([transcript[0]?.id, transcript.at(-1)?.id]).toEqual(['10', '509']);
  });

  it('is at most a million characters of it', () => {
    const view = new SessionView();
    for (let index = 0; index < 60; index++)
      place(view, `${index}`, 'x'.repeat(20_000), index === 0 ? null : `${index - 1}`);
    expect(view.snapshot().transcript.map(({ id }) => id)).toEqual(
      Array.from({ length: 50 }, (_, index) => `${index + 10}`),
    );
  });

  it('does not hold tool calls that are over', () => {
    const view = new SessionView();
    view.apply({ type: 'toolCall', callId: 'one', name: 'n', arguments: '{}' });
    view.apply({ type: 'toolCall', callId: 'two', name: 'n', arguments: '{}' });
    view.toolResult('one', 'done', false);
    expect(view.snapshot().toolCalls.map((call) => call.call_id)).toEqual(['two']);
  });
});

describe('what clients see of a tool', () => {
  it('is a result of at most 4,000 characters, and whether it failed', () => {
    const view = new SessionView();
    view.apply({ type: 'toolCall', callId: 'one', name: 'n', arguments: '{}' });
    expect(view.toolResult('one', 'x'.repeat(5_000), true)).toMatchObject({
      tool_call: { state: 'failed', result: 'x'.repeat(SHOWN_RESULT_LENGTH) },
    });
  });
});

it('tells clients nothing of what is none of their business', () => {
  const view = new SessionView();
  expect(view.apply({ type: 'opened' })).toBeUndefined();
  expect(view.apply({ type: 'usage', inputTokens: 1, outputTokens: 1 })).toBeUndefined();
  expect(view.apply({ type: 'joinAnswered', participantId: 'p', answer: 'sdp' })).toBeUndefined();
});

function place(view: SessionView, id: string, text: string, after: string | null): void {
  view.apply({ type: 'transcript', entry: { id, role: 'user', text, state: 'final' }, after });
}
