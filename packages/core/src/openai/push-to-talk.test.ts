import { describe, expect, it } from 'vitest';
import { ConversationScript } from './conversation-script.fixture.ts';

/** A conversation without turn detection whose settings the model has taken. */
function start(): ConversationScript {
  const script = new ConversationScript();
  const session = { type: 'realtime' as const, audio: { input: { turn_detection: null } } };
  script.give({ type: 'opened', session, history: [] });
  script.server({ type: 'session.updated', session: { type: 'realtime' } });
  script.effects.length = 0;
  return script;
}

describe('without turn detection', () => {
  it('a commit becomes a turn of its author, and the model is asked for one answer', () => {
    const script = start();
    script.give({ type: 'clearInput' });
    script.give({ type: 'commitInput', author: 'ada' });
    expect(script.sent).toEqual([
      { type: 'input_audio_buffer.clear' },
      { type: 'input_audio_buffer.commit', event_id: 'vb_commit_1' },
    ]);
    script.server({ type: 'input_audio_buffer.committed', item_id: 'u1', previous_item_id: null });
    expect(script.of('textSent')).toEqual([{ type: 'textSent', itemId: 'u1', author: 'ada' }]);
    expect(script.of('assistantChanged').at(-1)).toEqual({ type: 'assistantChanged', state: 'thinking' });
    expect(script.asked).toBe(1);
  });

  it('a commit that the model refuses, as there was nothing, is no turn; the next one is', () => {
    const script = start();
    script.give({ type: 'commitInput', author: 'ada' });
    const error = {
      type: 'invalid_request_error',
      code: 'input_audio_buffer_commit_empty',
      message: 'Buffer too small.',
    };
    script.server({ type: 'error', error: { ...error, event_id: 'vb_commit_1' } });
    expect(script.of('warning')).toEqual([{ type: 'warning', code: 'model_error', message: 'Buffer too small.' }]);
    script.give({ type: 'commitInput', author: 'bob' });
    script.server({ type: 'input_audio_buffer.committed', item_id: 'u1' });
    expect(script.of('textSent')).toEqual([{ type: 'textSent', itemId: 'u1', author: 'bob' }]);
    expect(script.asked).toBe(1);
  });

  it('commits that were not ours ask for nothing', () => {
    const script = start();
    script.server({ type: 'input_audio_buffer.committed', item_id: 'u1' });
    expect(script.asked).toBe(0);
  });
});

describe('with turn detection', () => {
  it('a commit is refused with a warning', () => {
    const script = ConversationScript.ready();
    script.give({ type: 'commitInput' });
    expect(script.sent).toEqual([]);
    expect(script.of('warning')).toMatchObject([{ code: 'invalid_request' }]);
  });

  it('the end of a turn asks for nothing: the model answers by itself', () => {
    const script = ConversationScript.ready();
    script.server({ type: 'input_audio_buffer.committed', item_id: 'u1' });
    expect(script.asked).toBe(0);
  });
});

describe('a picture', () => {
  it.each([
    ['what is this', [{ type: 'input_text', text: 'what is this' }]],
    ['', []],
  ])('goes with the text "%s" in one message', (text, words) => {
    const script = ConversationScript.ready();
    script.give({ type: 'sendText', text, imageUrl: 'data:image/png;base64,AAAA' });
    expect(script.sent[0]).toMatchObject({
      item: { role: 'user', content: [...words, { type: 'input_image', image_url: 'data:image/png;base64,AAAA' }] },
    });
    expect(script.asked).toBe(1);
  });
});
