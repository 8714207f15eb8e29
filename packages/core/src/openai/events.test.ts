import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { callIdOf, hangupPath, parseCallSession, parseClientSecretRequest, parseHttpError } from './calls.ts';
import { parseClientEvent } from './client-events.ts';
import { MAX_APPEND_LENGTH } from './limits.ts';
import { modelProblem } from './model-problem.ts';
import { encodeServerEvent, parseServerEvent, type ServerEvent } from './server-events.ts';

const SECRET = 'canary-7f3a';

describe('client events', () => {
  const accepted = [
    { type: 'session.update', session: { type: 'realtime', tracing: 'auto' } },
    {
      type: 'session.update',
      event_id: 'e1',
      session: {
        type: 'realtime',
        model: 'gpt-realtime-2.1',
        instructions: '',
        output_modalities: ['audio'],
        audio: {
          input: {
            format: { type: 'audio/pcm', rate: 24_000 },
            noise_reduction: null,
            transcription: { model: 'gpt-4o-mini-transcribe' },
            turn_detection: { type: 'server_vad', threshold: 0.5, prefix_padding_ms: 300, silence_duration_ms: 500 },
          },
          output: { format: { type: 'audio/pcm', rate: 24_000 }, voice: 'marin', speed: 1 },
        },
        tools: [{ type: 'function', name: 'set_lamp', description: 'Lamp', parameters: { type: 'object' } }],
        tool_choice: 'auto',
      },
    },
    { type: 'session.update', session: { type: 'realtime', audio: { input: { turn_detection: null } } } },
    { type: 'session.update', session: { type: 'transcription', audio: { input: {} } } },
    { type: 'input_audio_buffer.append', audio: 'AAAA' },
    { type: 'input_audio_buffer.commit' },
    { type: 'input_audio_buffer.clear' },
    { type: 'output_audio_buffer.clear' },
    {
      type: 'conversation.item.create',
      previous_item_id: 'root',
      item: { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'hi' }] },
    },
    { type: 'conversation.item.create', item: { type: 'function_call_output', call_id: 'c', output: 'ok' } },
    { type: 'conversation.item.retrieve', item_id: 'i' },
    { type: 'conversation.item.delete', item_id: 'i' },
    { type: 'conversation.item.truncate', item_id: 'i', content_index: 0, audio_end_ms: 100 },
    { type: 'response.create' },
    { type: 'response.create', response: { conversation: 'none', input: [{ type: 'item_reference', id: 'i' }] } },
    { type: 'response.cancel', response_id: 'r' },
  ];

  it.each(accepted)('takes $type', (event) => {
    expect(parseClientEvent(JSON.stringify(event))).toEqual({ ok: true, value: event });
  });

  const refused = [
    ['no JSON', `{"type": ${SECRET}`],
    ['no object', '[]'],
    ['no type', '{}'],
    ['an unknown type', { type: SECRET }],
    ['an unknown field', { type: 'response.create', extra: SECRET }],
    ['a beta field', { type: 'session.update', session: { type: 'realtime', modalities: ['audio'] } }],
    ['a session without type', { type: 'session.update', session: { voice: 'marin' } }],
    [
      'both modalities',
      { type: 'session.update', session: { type: 'realtime', output_modalities: ['audio', 'text'] } },
    ],
    ['a wrong field', { type: 'conversation.item.delete', item_id: { secret: SECRET } }],
    ['a negative time', { type: 'conversation.item.truncate', item_id: 'i', content_index: 0, audio_end_ms: -1 }],
    [
      'assistant audio',
      {
        type: 'conversation.item.create',
        item: { type: 'message', role: 'assistant', content: [{ type: 'output_audio', audio: 'AAAA' }] },
      },
    ],
    [
      'a message without content',
      { type: 'conversation.item.create', item: { type: 'message', role: 'user', content: [] } },
    ],
    ['an endless id', { type: 'conversation.item.delete', item_id: 'i'.repeat(10_000) }],
    ['too much audio', { type: 'input_audio_buffer.append', audio: 'A'.repeat(MAX_APPEND_LENGTH + 1) }],
    ['deep nesting', `{"type":"response.create","response":${'['.repeat(100_000)}${']'.repeat(100_000)}}`],
    [
      'too many metadata pairs',
      {
        type: 'response.create',
        response: { metadata: Object.fromEntries(Array.from({ length: 17 }, (_, index) => [`k${index}`, 'v'])) },
      },
    ],
  ] as const;

  it.each(refused)('refuses %s and never repeats the value', (_name, event) => {
    const parsed = parseClientEvent(typeof event === 'string' ? event : JSON.stringify(event));
    if (parsed.ok) throw new Error('It was taken');
    expect(parsed.problem).not.toBe('');
    expect(parsed.problem).not.toContain(SECRET);
  });

  it('names the event at fault when it refuses one', () => {
    const parsed = parseClientEvent('{"type":"response.cancel","event_id":"mine","response_id":5}');
    expect(parsed).toEqual({
      ok: false,
      problem: 'response_id: expected string',
      fault: {
        code: 'invalid_type',
        message: "Invalid type for 'response_id': expected a string, but got an integer instead.",
        param: 'response_id',
      },
      eventId: 'mine',
      eventType: 'response.cancel',
    });
  });

  it('never throws, whatever the text', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.jsonValue().map((value) => JSON.stringify({ type: 'response.create', response: value })),
        ),
        (text) => {
          parseClientEvent(text);
          parseServerEvent(text);
        },
      ),
      { numRuns: 1_000, seed: 3 },
    );
  });
});

describe('server events', () => {
  it('read back as they were written', () => {
    const events: ServerEvent[] = [
      { type: 'input_audio_buffer.committed', event_id: 'e', item_id: 'i', previous_item_id: null },
      { type: 'output_audio_buffer.started', event_id: 'e', response_id: 'r' },
      { type: 'error', event_id: 'e', error: { type: 'server_error', message: 'Oh', code: null, param: null } },
      {
        type: 'response.output_audio_transcript.delta',
        event_id: 'e',
        response_id: 'r',
        item_id: 'i',
        output_index: 0,
        content_index: 0,
        delta: 'Hi',
      },
    ];
    for (const event of events) expect(parseServerEvent(encodeServerEvent(event))).toEqual({ ok: true, value: event });
  });

  it('that are unknown are told apart from malformed ones', () => {
    expect(parseServerEvent('{"type":"session.brand_new","event_id":"e"}')).toEqual({
      ok: true,
      value: { type: 'other', name: 'session.brand_new', problem: undefined },
    });
    expect(parseServerEvent('{"type":"response.done","event_id":"e"}')).toEqual({
      ok: true,
      value: { type: 'other', name: 'response.done', problem: 'response: expected object' },
    });
  });

  it('without event_id are malformed', () => {
    const parsed = parseServerEvent('{"type":"input_audio_buffer.cleared"}');
    expect(parsed.ok && parsed.value.type).toBe('other');
  });

  it('keep the known part of a response when a newer server adds things', () => {
    const text = JSON.stringify({
      type: 'response.done',
      event_id: 'e',
      response: {
        id: 'r',
        status: 'paused',
        brand_new: true,
        status_details: { reason: 'moon' },
        usage: { input_tokens: 5, output_tokens: 6, input_token_details: 'many' },
        output: [
          { type: 'hologram', id: 'h' },
          {
            type: 'message',
            id: 'm',
            role: 'assistant',
            content: [{ type: 'smell' }, { type: 'output_text', text: 'Hi' }],
          },
        ],
      },
    });
    const parsed = parseServerEvent(text);
    expect(parsed.ok && parsed.value).toMatchObject({
      type: 'response.done',
      response: {
        status: 'incomplete',
        usage: { input_tokens: 5, output_tokens: 6 },
        output: [
          { type: 'other', id: 'h', kind: 'hologram' },
          {
            type: 'message',
            content: [
              { type: 'other', kind: 'smell' },
              { type: 'output_text', text: 'Hi' },
            ],
          },
        ],
      },
    });
  });

  it('do not build arrays of any length they name', () => {
    const text = JSON.stringify({
      type: 'response.output_text.delta',
      event_id: 'e',
      response_id: 'r',
      item_id: 'i',
      output_index: 0,
      content_index: 1e9,
      delta: 'x',
    });
    const parsed = parseServerEvent(text);
    expect(parsed.ok && parsed.value.type).toBe('other');
  });
});

describe('calls', () => {
  it('find the call id in the Location', () => {
    expect(callIdOf('/v1/realtime/calls/rtc_abc')).toBe('rtc_abc');
    expect(callIdOf('https://api.example.com/v1/realtime/calls/rtc_abc?x=1')).toBe('rtc_abc');
    expect(callIdOf('/v1/realtime/calls/')).toBeUndefined();
    expect(callIdOf('/v1/%2e%2e')).toBeUndefined();
    expect(hangupPath('rtc_abc')).toBe('/realtime/calls/rtc_abc/hangup');
  });

  it('read settings and errors', () => {
    expect(parseCallSession('{"type":"realtime"}').ok).toBe(true);
    expect(parseCallSession('{"type":"realtime","voice":"x"}')).toEqual({
      ok: false,
      fault: { code: 'unknown_parameter', message: "Unknown parameter: 'session.voice'.", param: 'session.voice' },
    });
    const error = { message: 'No session', type: 'invalid_request_error', code: 'call_id_not_found', param: null };
    expect(parseHttpError(JSON.stringify({ error }))).toEqual({ ok: true, value: error });
    expect(parseHttpError('<html>').ok).toBe(false);
    expect(parseClientSecretRequest('').ok).toBe(true);
    expect(parseClientSecretRequest('{"expires_after":{"seconds":5}}')).toMatchObject({
      fault: { code: 'integer_below_min_value', param: 'expires_after.seconds' },
    });
    expect(parseClientSecretRequest('{')).toMatchObject({ fault: { code: 'invalid_json', param: null } });
  });

  it('translate failures without any key', () => {
    expect(modelProblem({ message: 'Bad key sk-proj-123*456 and ek_99' }, 401)).toEqual({
      code: 'model_rejected',
      message: 'Bad key [key] and [key]',
    });
    expect(modelProblem({ code: 'insufficient_quota' }).code).toBe('model_rate_limited');
    expect(modelProblem({}, 429).code).toBe('model_rate_limited');
    expect(modelProblem({}, 503)).toEqual({ code: 'model_unreachable', message: 'The model gave no reason' });
    expect(modelProblem({ message: 'x'.repeat(1_000) }).message).toHaveLength(300);
  });
});
