import type { ClientEvent, OtherServerEvent, ServerEvent, ServerEventBody } from '@voice-bridge/core/openai';
import { describe, expect, it } from 'vitest';
import { PlayedEvents, type SpeechOutput } from './played-events.ts';

/** A session between a server that says what the test says, and an output that was heard for 40 ms of each item. */
function start(interruptResponse = true) {
  const sent: ClientEvent[] = [];
  const told: (ServerEvent | OtherServerEvent)[] = [];
  const waiting: { responseId: string; itemId: string; contentIndex: number }[] = [];
  let taker: (event: ServerEvent | OtherServerEvent) => void = () => {};
  const output: SpeechOutput = {
    push: (place) => void waiting.push(place),
    endResponse: () => {},
    cut: () => ({
      responseId: waiting[0]?.responseId,
      items: waiting.splice(0).map((place) => ({ ...place, heardMs: 40 })),
    }),
  };
  const events = new PlayedEvents(
    {
      receive: (take) => {
        taker = take;
      },
      send: (event) => sent.push(event) > 0,
    },
    output,
  );
  events.receive((event) => told.push(event));
  events.send({
    type: 'session.update',
    session: {
      type: 'realtime',
      audio: { input: { turn_detection: { type: 'server_vad', interrupt_response: interruptResponse } } },
    },
  });
  sent.length = 0;
  const server = (...bodies: readonly ServerEventBody[]) => {
    for (const body of bodies) taker({ event_id: 'e', ...body });
  };
  return { sent, told, waiting, events, server, types: () => told.map(({ type }) => type) };
}

const CREATED: ServerEventBody = created('r1');
const DONE: ServerEventBody = { type: 'response.done', response: { id: 'r1', status: 'completed', output: [] } };
const STARTED = { type: 'input_audio_buffer.speech_started', item_id: 'u1', audio_start_ms: 0 } as const;

function created(id: string): ServerEventBody {
  return { type: 'response.created', response: { id, status: 'in_progress', output: [] } };
}

function delta(responseId: string, itemId = `${responseId}-item`) {
  return {
    type: 'response.output_audio.delta',
    response_id: responseId,
    item_id: itemId,
    output_index: 0,
    content_index: 0,
    delta: 'AAAA',
  } as const;
}

describe('a session whose audio travels in its events', () => {
  it('hands the sound to the output and everything else on', () => {
    const { server, types, waiting, told, events } = start();
    server(CREATED, delta('r1'), DONE);
    events.heard('started', 'r1');
    events.heard('stopped', 'r1');
    expect(types()).toEqual([
      'response.created',
      'response.done',
      'output_audio_buffer.started',
      'output_audio_buffer.stopped',
    ]);
    expect(told.at(-1)).toMatchObject({ response_id: 'r1' });
    expect(waiting).toEqual([{ responseId: 'r1', itemId: 'r1-item', contentIndex: 0 }]);
  });

  it('is cut when the user speaks: the items are truncated to what was heard, and what still comes of the response is not heard', () => {
    const { server, types, sent, waiting } = start();
    server(CREATED, delta('r1', 'a'), STARTED, delta('r1', 'b'));
    expect(types()).toEqual(['response.created', 'input_audio_buffer.speech_started', 'output_audio_buffer.cleared']);
    expect(sent).toMatchObject([
      { type: 'conversation.item.truncate', item_id: 'a', content_index: 0, audio_end_ms: 40 },
    ]);
    expect(waiting).toEqual([]);
    server(DONE, created('r2'), delta('r2'));
    expect(waiting).toHaveLength(1);
  });

  it('is cut when it is told to, and the server, which plays nothing, is not told', () => {
    const { server, events, sent, types } = start();
    server(CREATED, delta('r1'), DONE);
    expect(events.send({ type: 'output_audio_buffer.clear' })).toBe(true);
    expect(sent.map(({ type }) => type)).toEqual(['conversation.item.truncate']);
    expect(types().at(-1)).toBe('output_audio_buffer.cleared');
  });

  it('goes on under the user when the settings say so', () => {
    const { server, waiting, sent } = start(false);
    server(CREATED, delta('r1'), STARTED);
    expect([waiting.length, sent.length]).toEqual([1, 0]);
  });

  it('does not bother anybody with a truncation the server did not like', () => {
    const { server, types } = start();
    const error = { type: 'invalid_request_error', message: 'Audio content of 30ms is already shorter than 40ms' };
    server({ type: 'error', error: { ...error, event_id: 'vb_truncate_1' } }, { type: 'error', error });
    expect(types()).toEqual(['error']);
  });
});
