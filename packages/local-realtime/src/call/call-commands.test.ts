import { describe, expect, it } from 'vitest';
import { scriptedEngines } from '../engines/scripted-engines.ts';
import { sentence } from '../testing/documented-order.ts';
import { VirtualCall } from '../testing/virtual-call.ts';

const update = (session: object) => ({ type: 'session.update', session: { type: 'realtime', ...session } });
const input = (fields: object) => update({ audio: { input: fields } });
const message = (text: string, more: object = {}) => ({
  type: 'conversation.item.create',
  item: { type: 'message', role: 'user', content: [{ type: 'input_text', text }], ...more },
});
const open = (session = {}) =>
  VirtualCall.open(scriptedEngines({ turns: [[sentence('Yes, with pleasure.')]], heard: ['something'] }), session);
const manual = { audio: { input: { turn_detection: null } } };

describe('session.update', () => {
  it('is acknowledged with the whole effective settings; only what is present changes', async () => {
    const call = await open({ instructions: 'Be brief.', audio: { output: { voice: 'cedar' } } });
    await call.send(input({ turn_detection: { type: 'server_vad', silence_duration_ms: 300 } }));
    expect(call.last('session.updated').session).toMatchObject({
      type: 'realtime',
      object: 'realtime.session',
      id: 'sess_test',
      instructions: 'Be brief.',
      output_modalities: ['audio'],
      tools: [],
      tool_choice: 'auto',
      max_output_tokens: 'inf',
      audio: {
        input: {
          format: { type: 'audio/pcm', rate: 24_000 },
          turn_detection: {
            type: 'server_vad',
            threshold: 0.5,
            prefix_padding_ms: 300,
            silence_duration_ms: 300,
            create_response: true,
            interrupt_response: true,
          },
        },
        output: { voice: 'cedar', speed: 1 },
      },
    });
  });

  it('keeps earlier detection fields, and begins with the documented defaults', async () => {
    const call = await open();
    expect(call.last('session.created').session).toMatchObject({
      audio: { input: { turn_detection: { threshold: 0.5, prefix_padding_ms: 300, silence_duration_ms: 500 } } },
    });
    await call.send(input({ turn_detection: { type: 'server_vad', threshold: 0.7 } }));
    await call.send(input({ turn_detection: { type: 'server_vad', silence_duration_ms: 200 } }));
    expect(call.last('session.updated').session).toMatchObject({
      audio: { input: { turn_detection: { threshold: 0.7, silence_duration_ms: 200 } } },
    });
  });

  it('acknowledges also what changes nothing here', async () => {
    const call = await open();
    await call.send(update({ tracing: 'auto' }));
    await call.send(input({ turn_detection: { type: 'semantic_vad', eagerness: 'high' } }));
    expect(call.all('session.updated')).toHaveLength(2);
  });

  it('sets the silence that ends a turn', async () => {
    const call = await open();
    await call.send(input({ turn_detection: { type: 'server_vad', silence_duration_ms: 1_000 } }));
    await call.speak(400);
    await call.silence(900);
    expect(call.all('input_audio_buffer.speech_stopped')).toEqual([]);
    await call.silence(200);
    expect(call.all('input_audio_buffer.speech_stopped')).toHaveLength(1);
  });

  it.each([
    ['another model', { model: 'gpt-other' }, 'cannot_update_model'],
    [
      'an MCP server',
      { tools: [{ type: 'mcp', server_label: 'x', server_url: 'https://x.test' }] },
      'unsupported_tool',
    ],
  ])('refuses %s and changes nothing', async (_what, session, code) => {
    const call = await open();
    await call.send({ ...update({ ...session, instructions: 'new' }), event_id: 'mine' });
    expect(call.last('error').error).toMatchObject({ type: 'invalid_request_error', code, event_id: 'mine' });
    await call.send(update({}));
    expect(call.last('session.updated').session).toMatchObject({ instructions: '' });
  });

  it('fixes tracing once it is on', async () => {
    const call = await open();
    for (const tracing of ['auto', 'auto', null] as const) await call.send(update({ tracing }));
    expect(call.all('session.updated')).toHaveLength(2);
    expect(call.last('error').error).toMatchObject({ code: 'cannot_update_tracing', param: 'session.tracing' });
  });

  it('refuses a transcription session', async () => {
    const call = await open();
    await call.send({ type: 'session.update', session: { type: 'transcription' } });
    expect(call.last('error').error.code).toBe('invalid_parameter');
  });

  it('fixes the voice once it has spoken', async () => {
    const call = await open();
    await call.send(update({ audio: { output: { voice: 'echo' } } }));
    expect(call.all('error')).toEqual([]);
    await call.send({ type: 'response.create' });
    await call.wait(2_000);
    await call.send(update({ audio: { output: { voice: 'echo' } } }));
    expect(call.all('error')).toEqual([]);
    await call.send(update({ audio: { output: { voice: 'alloy' } } }));
    expect(call.last('error').error).toMatchObject({
      code: 'cannot_update_voice',
      param: 'session.audio.output.voice',
    });
  });

  it('changes the speed between turns only', async () => {
    const long = sentence('A sentence that takes more than a second.');
    const call = await VirtualCall.open(scriptedEngines({ turns: [[long, long]] }));
    await call.send({ type: 'response.create' });
    await call.send(update({ audio: { output: { speed: 1.5 } } }));
    expect(call.last('error').error).toMatchObject({ param: 'session.audio.output.speed' });
    await call.wait(4_000);
    await call.send(update({ audio: { output: { speed: 1.5 } } }));
    expect(call.last('session.updated').session).toMatchObject({ audio: { output: { speed: 1.5 } } });
  });
});

describe('turns by hand', () => {
  it('commits on command, without a response of its own', async () => {
    const call = await open(manual);
    await call.speak(500);
    await call.silence(500);
    expect(call.take()).toEqual(['session.created']);
    await call.send({ type: 'input_audio_buffer.commit' });
    expect(call.take()).toEqual(['input_audio_buffer.committed', 'conversation.item.added', 'conversation.item.done']);
    await call.send({ type: 'response.create' });
    expect(call.all('response.created')).toHaveLength(1);
  });

  it('refuses to commit nothing', async () => {
    const call = await open(manual);
    await call.speak(400);
    await call.send({ type: 'input_audio_buffer.clear' });
    expect(call.take()).toEqual(['session.created', 'input_audio_buffer.cleared']);
    await call.send({ type: 'input_audio_buffer.commit', event_id: 'c' });
    expect(call.last('error').error).toMatchObject({ code: 'input_audio_buffer_commit_empty', event_id: 'c' });
  });

  it('forgets a half-heard turn when the buffer is cleared, and hears the next', async () => {
    const call = await open();
    await call.speak(300);
    await call.send({ type: 'input_audio_buffer.clear' });
    await call.silence(1_000);
    expect(call.all('input_audio_buffer.committed')).toEqual([]);
    await call.speak(300);
    await call.silence(700);
    expect(call.all('input_audio_buffer.committed')).toHaveLength(1);
  });

  it('takes no audio on the channel: it has a track', async () => {
    const call = await open();
    await call.send({ type: 'input_audio_buffer.append', audio: 'AAAA', event_id: 'a' });
    expect(call.last('error').error).toMatchObject({ code: 'unsupported_event', event_id: 'a' });
  });
});

describe('items', () => {
  it('stand where the client puts them, under its ids', async () => {
    const call = await open();
    await call.send(message('one', { id: 'first' }));
    await call.send({ ...message('zero', { id: 'front' }), previous_item_id: 'root' });
    await call.send({ ...message('half', { id: 'middle' }), previous_item_id: 'front' });
    const places = call.all('conversation.item.added').map((event) => [event.item.id, event.previous_item_id]);
    expect(places).toEqual([
      ['first', null],
      ['front', null],
      ['middle', 'front'],
    ]);
  });

  it('may hold pictures beside words', async () => {
    const call = await open();
    const image_url = 'data:image/png;base64,AAAA';
    await call.send(
      message('', {
        content: [
          { type: 'input_text', text: 'See.' },
          { type: 'input_image', image_url },
        ],
      }),
    );
    expect(call.last('conversation.item.done').item).toMatchObject({
      content: [{ type: 'input_text' }, { type: 'input_image', detail: 'auto' }],
    });
    await call.send({ type: 'response.create' });
    await call.wait(100);
    expect(call.all('error')).toEqual([]);
  });

  it('are given back, and deleted', async () => {
    const call = await open();
    await call.send(message('hello', { id: 'mine' }));
    await call.send({ type: 'conversation.item.retrieve', item_id: 'mine' });
    expect(call.last('conversation.item.retrieved').item).toMatchObject({
      id: 'mine',
      object: 'realtime.item',
      role: 'user',
      status: 'completed',
      content: [{ type: 'input_text', text: 'hello' }],
    });
    await call.send({ type: 'conversation.item.delete', item_id: 'mine' });
    expect(call.last('conversation.item.deleted').item_id).toBe('mine');
    await call.send({ type: 'conversation.item.delete', item_id: 'mine' });
    expect(call.last('error').error.code).toBe('item_delete_invalid_item_id');
  });

  it('are cut on command, but not behind their end', async () => {
    const call = await open();
    await call.send({ type: 'response.create' });
    await call.wait(2_000);
    const { item } = call.last('response.output_item.done');
    const cut = { type: 'conversation.item.truncate', item_id: item.id, content_index: 0 };
    await call.send({ ...cut, audio_end_ms: 60_000 });
    expect(call.last('error').error.message).toBe('Audio content of 960ms is already shorter than 60000ms');
    await call.send({ ...cut, audio_end_ms: 400 });
    expect(call.last('conversation.item.truncated')).toMatchObject({ item_id: item.id, audio_end_ms: 400 });
    await call.send({ type: 'conversation.item.retrieve', item_id: item.id });
    expect(call.last('conversation.item.retrieved').item).toMatchObject({ content: [{ transcript: 'Yes,' }] });
  });

  it.each([
    ['an unknown place', { ...message('x'), previous_item_id: 'nowhere' }, 'item_create_invalid_previous_item_id'],
    ['retrieving nothing', { type: 'conversation.item.retrieve', item_id: 'no' }, 'item_retrieve_invalid_item_id'],
    [
      'cutting nothing',
      { type: 'conversation.item.truncate', item_id: 'no', content_index: 0, audio_end_ms: 0 },
      'item_truncate_invalid_item_id',
    ],
    [
      'a response from an item that is not there',
      { type: 'response.create', response: { input: [{ type: 'item_reference', id: 'no' }] } },
      'item_not_found',
    ],
  ])('answer %s with an error', async (_what, event, code) => {
    const call = await open();
    await call.send({ ...event, event_id: 'mine' });
    expect(call.take()).toEqual(['session.created', 'error']);
    expect(call.last('error').error).toMatchObject({ type: 'invalid_request_error', code, event_id: 'mine' });
  });

  it('are refused twice under one id', async () => {
    const call = await open();
    await call.send(message('one', { id: 'same' }));
    await call.send(message('two', { id: 'same' }));
    expect(call.last('error').error.code).toBe('item_create_duplicate_item_id');
  });

  it('cut only speech of the assistant', async () => {
    const call = await open();
    await call.send(message('one', { id: 'mine' }));
    await call.send({ type: 'conversation.item.truncate', item_id: 'mine', content_index: 0, audio_end_ms: 0 });
    expect(call.last('error').error.code).toBe('item_truncate_invalid_item');
  });
});

describe('what cannot be read', () => {
  it.each([
    ['no JSON', '{"type":', 'invalid_json', null],
    ['no object', '[]', 'invalid_event', null],
    ['an unknown type', '{"type":"session.dance","event_id":"d"}', 'invalid_value', 'd'],
    ['an unknown field', '{"type":"response.cancel","event_id":"u","force":1}', 'unknown_parameter', 'u'],
    [
      'a session without type',
      '{"type":"session.update","event_id":"s","session":{}}',
      'missing_required_parameter',
      's',
    ],
  ])('%s is answered with an error, and the session goes on', async (_what, text, code, eventId) => {
    const call = await open();
    await call.send(text);
    expect(call.last('error').error).toMatchObject({ type: 'invalid_request_error', code, event_id: eventId });
    await call.send(message('still there?'));
    expect(call.take().at(-1)).toBe('conversation.item.done');
  });
});
