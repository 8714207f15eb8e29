import { describe, expect, it } from 'vitest';
import { ConversationScript, spoken, userText } from './conversation-script.fixture.ts';

describe('opening', () => {
  it('sends the settings, then the history as text, then what was asked meanwhile', () => {
    const script = new ConversationScript();
    script.give({ type: 'sendText', text: 'Are you there?' });
    expect(script.sent).toEqual([]);
    script.open([
      { role: 'user', text: 'Hello.' },
      { role: 'assistant', text: 'Hi!' },
    ]);
    expect(script.sent.map((event) => event.type)).toEqual([
      'session.update',
      'conversation.item.create',
      'conversation.item.create',
      'conversation.item.create',
      'response.create',
    ]);
    expect(script.sent[1]).toMatchObject({ item: { role: 'user', content: [{ type: 'input_text', text: 'Hello.' }] } });
    expect(script.sent[2]).toMatchObject({ item: { role: 'assistant', content: [{ type: 'output_text' }] } });
  });

  it('is ready once, when the model has taken the settings', () => {
    const script = new ConversationScript();
    script.open();
    script.server({ type: 'session.created', session: { type: 'realtime' } });
    expect(script.of('ready')).toHaveLength(0);
    script.server({ type: 'session.updated', session: { type: 'realtime' } });
    script.server({ type: 'session.updated', session: { type: 'realtime' } });
    expect(script.of('ready')).toHaveLength(1);
  });

  it('is rejected when the model refuses the settings, and never repeats the key', () => {
    const script = new ConversationScript();
    script.open();
    const error = {
      type: 'invalid_request_error',
      code: 'invalid_api_key',
      message: 'Incorrect API key: sk-abc*****xyz.',
    };
    expect(script.server({ type: 'error', error })).toEqual([
      { type: 'rejected', code: 'model_rejected', message: 'Incorrect API key: [key]' },
    ]);
    expect(script.server({ type: 'session.updated', session: {} })).toEqual([]);
  });

  it('is rejected when the model refuses the session before it tells of one, as over a WebSocket', () => {
    const script = new ConversationScript();
    const error = { type: 'invalid_request_error', code: 'invalid_api_key', message: 'No such key.' };
    expect(script.server({ type: 'error', error })).toEqual([
      { type: 'rejected', code: 'model_rejected', message: 'No such key.' },
    ]);
  });

  it('opens once', () => {
    const script = ConversationScript.ready();
    script.open();
    expect(script.sent).toEqual([]);
  });

  it('leaves restored history out of the transcript', () => {
    const script = ConversationScript.ready();
    script.added(userText('vb_history_1', 'Hello.'), null);
    script.added(userText('vb_item_1', 'And now?'), 'vb_history_1');
    expect(script.lines).toEqual(['user final: And now?']);
  });
});

describe('a spoken turn', () => {
  it('goes listening, thinking, speaking, idle and tells every change once', () => {
    const script = ConversationScript.ready();
    script.userSpeaks('u1', null);
    script.responseStarts('r1');
    script.server({ type: 'output_audio_buffer.started', response_id: 'r1' });
    script.says('r1', 'a1', 'Good ');
    script.says('r1', 'a1', 'morning.');
    script.responseEnds('r1', 'completed', [spoken('a1', 'Good morning.')]);
    expect(script.assistantStates).toEqual(['listening', 'thinking', 'speaking']);
    script.server({ type: 'output_audio_buffer.stopped', response_id: 'r1' });
    expect(script.assistantStates).toEqual(['listening', 'thinking', 'speaking', 'idle']);
    expect(script.of('speech').map((effect) => effect.state)).toEqual(['started', 'stopped']);
    expect(script.of('usage')).toEqual([{ type: 'usage', inputTokens: 12, outputTokens: 34 }]);
    expect(script.asked).toBe(0);
  });

  it('puts the user before the answer although its words come after the answer began', () => {
    const script = ConversationScript.ready();
    script.userSpeaks('u1', null);
    script.responseStarts('r1');
    script.added({ ...spoken('a1', ''), status: 'in_progress' }, 'u1');
    script.says('r1', 'a1', 'Good morning.');
    script.transcribed('u1', 'good morning');
    script.responseEnds('r1', 'completed', [spoken('a1', 'Good morning.')]);
    script.userSpeaks('u2', 'a1');
    script.transcribed('u2', 'lamp red');
    expect(script.lines).toEqual([
      'user final: good morning',
      'assistant final: Good morning.',
      'user final: lamp red',
    ]);
  });

  it('keeps speech in the order it began when a second turn starts before the answer exists', () => {
    const script = ConversationScript.ready();
    script.userSpeaks('u1', null);
    script.server({ type: 'input_audio_buffer.speech_started', item_id: 'u2', audio_start_ms: 1_000 });
    script.added({ ...spoken('a1', ''), status: 'in_progress' }, 'u1');
    script.says('r1', 'a1', 'Yes?');
    script.userStops('u2', 'a1');
    script.transcribed('u2', 'wait');
    script.transcribed('u1', 'hello');
    expect(script.lines).toEqual(['user final: hello', 'assistant partial: Yes?', 'user final: wait']);
  });

  it('shows words as they are recognised, then the final ones', () => {
    const script = ConversationScript.ready();
    script.userSpeaks('u1', null);
    const type = 'conversation.item.input_audio_transcription.delta';
    script.server({ type, item_id: 'u1', content_index: 0, delta: 'lamp' });
    script.server({ type, item_id: 'u1', content_index: 0, delta: ' read' });
    expect(script.of('transcriptDelta')).toEqual([{ type: 'transcriptDelta', id: 'u1', delta: ' read' }]);
    expect(script.lines).toEqual(['user partial: lamp read']);
    script.transcribed('u1', 'lamp red');
    expect(script.lines).toEqual(['user final: lamp red']);
  });

  it('stops thinking when nothing was understood', () => {
    const script = ConversationScript.ready();
    script.userSpeaks('u1', null);
    script.transcribed('u1', ' ');
    expect(script.assistantStates).toEqual(['listening', 'thinking', 'idle']);
  });

  it('stops thinking when the model stays silent for ten seconds', () => {
    const script = ConversationScript.ready();
    script.userSpeaks('u1', null);
    script.now = 10_000;
    script.server({ type: 'rate_limits.updated', rate_limits: [] });
    expect(script.assistantStates.at(-1)).toBe('idle');
  });

  it('marks speech that could not be written down, and warns', () => {
    const script = ConversationScript.ready();
    script.userSpeaks('u1', null);
    script.server({
      type: 'conversation.item.input_audio_transcription.failed',
      item_id: 'u1',
      content_index: 0,
      error: { code: 'audio_unintelligible', message: 'Too quiet' },
    });
    expect(script.lines).toEqual(['user failed: ']);
    expect(script.of('warning')).toEqual([{ type: 'warning', code: 'model_error', message: 'Too quiet' }]);
  });
});

describe('an interruption', () => {
  it('flushes at once and marks the line that was cut, whether or not it was written to its end', () => {
    for (const written of [false, true]) {
      const script = ConversationScript.ready();
      script.responseStarts('r1');
      script.server({ type: 'output_audio_buffer.started', response_id: 'r1' });
      script.says('r1', 'a1', 'Once upon a time');
      if (written) script.responseEnds('r1', 'completed', [spoken('a1', 'Once upon a time')]);
      const atSpeech = script.server({
        type: 'input_audio_buffer.speech_started',
        item_id: 'u1',
        audio_start_ms: 0,
      });
      expect(atSpeech.map((effect) => effect.type)).toEqual(['speech', 'flush', 'assistantChanged']);
      expect(script.server({ type: 'output_audio_buffer.cleared', response_id: 'r1' })[0]).toEqual({ type: 'flush' });
      script.says('r1', 'a1', ' late');
      if (!written) script.responseEnds('r1', 'cancelled');
      expect(script.lines).toEqual(['assistant interrupted: Once upon a time']);
      expect(script.assistantStates.at(-1)).toBe('listening');
    }
  });

  it('is none, and nothing is flushed, when the settings let the assistant talk on', () => {
    const script = new ConversationScript();
    const turnDetection = { type: 'server_vad' as const, interrupt_response: false };
    const session = { type: 'realtime' as const, audio: { input: { turn_detection: turnDetection } } };
    script.give({ type: 'opened', session, history: [] });
    script.server({ type: 'session.updated', session: { type: 'realtime' } });
    script.responseStarts('r1');
    script.server({ type: 'output_audio_buffer.started', response_id: 'r1' });
    script.server({ type: 'input_audio_buffer.speech_started', item_id: 'u1', audio_start_ms: 0 });
    expect(script.of('flush')).toEqual([]);
  });

  it('marks the line that the server says it cut', () => {
    const script = ConversationScript.ready();
    script.responseStarts('r1');
    script.says('r1', 'a1', 'Once');
    script.responseEnds('r1', 'completed', [spoken('a1', 'Once')]);
    script.server({ type: 'conversation.item.truncated', item_id: 'a1', content_index: 0, audio_end_ms: 300 });
    expect(script.lines).toEqual(['assistant interrupted: Once']);
  });

  it('on request cancels the response, clears what is queued and flushes', () => {
    const script = ConversationScript.ready();
    script.responseStarts('r1');
    script.give({ type: 'interrupt' });
    expect(script.sent.map((event) => event.type)).toEqual(['response.cancel', 'output_audio_buffer.clear']);
    expect(script.of('flush')).toHaveLength(1);
  });

  it('on request clears speech that is still played after its response is done', () => {
    const script = ConversationScript.ready();
    script.responseStarts('r1');
    script.server({ type: 'output_audio_buffer.started', response_id: 'r1' });
    script.responseEnds('r1');
    script.give({ type: 'interrupt' });
    expect(script.sent.map((event) => event.type)).toEqual(['output_audio_buffer.clear']);
  });

  it('asks the model nothing when there is nothing to cut', () => {
    const script = ConversationScript.ready();
    script.give({ type: 'interrupt' });
    expect(script.sent).toEqual([]);
    const error = { type: 'invalid_request_error', code: 'response_cancel_not_active', message: 'Nothing to cancel' };
    expect(script.server({ type: 'error', error })).toEqual([]);
  });
});

describe('failures of the model', () => {
  it('become warnings and leave the conversation running', () => {
    const script = ConversationScript.ready();
    script.server({ type: 'error', error: { type: 'server_error', message: 'Internal trouble with key sk-live_1.' } });
    script.server({ type: 'error', error: { type: 'x', code: 'session_expired', message: 'Over' } });
    script.responseStarts('r1');
    const error = { type: 'rate_limit_exceeded', code: 'rate_limit_exceeded', message: 'Slow down' };
    const failed = {
      id: 'r1',
      status: 'failed' as const,
      output: [],
      status_details: { type: 'failed' as const, error },
    };
    script.server({ type: 'response.done', response: failed });
    expect(script.of('warning').map(({ code, message }) => `${code}: ${message}`)).toEqual([
      'model_error: Internal trouble with key [key]',
      'session_expired: Over',
      'model_rate_limited: Slow down',
    ]);
    script.give({ type: 'sendText', text: 'Still there?' });
    expect(script.asked).toBe(1);
  });

  it('say why an answer was cut', () => {
    const script = ConversationScript.ready();
    script.responseStarts('r1');
    script.says('r1', 'a1', 'Well');
    const status_details = { type: 'incomplete' as const, reason: 'max_output_tokens' as const };
    script.server({ type: 'response.done', response: { id: 'r1', status: 'incomplete', output: [], status_details } });
    expect(script.of('warning')[0]?.message).toContain('max_output_tokens');
    expect(script.lines).toEqual(['assistant interrupted: Well']);
  });

  it('are ignored when they are events of a newer protocol', () => {
    const script = ConversationScript.ready();
    expect(script.server({ type: 'session.something_new' })).toEqual([]);
  });
});

it('knows that the assistant speaks on a WebSocket, where no buffer events exist', () => {
  const script = ConversationScript.ready();
  script.responseStarts('r1');
  script.server({
    type: 'response.output_audio.delta',
    response_id: 'r1',
    item_id: 'a1',
    output_index: 0,
    content_index: 0,
    delta: 'AAAA',
  });
  script.responseEnds('r1');
  expect(script.assistantStates).toEqual(['thinking', 'speaking', 'idle']);
});
