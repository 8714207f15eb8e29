import type { SessionConfig } from '@voice-bridge/core/openai';
import type { LocalRealtime } from '../start-local-realtime.ts';
import { ANSWER_ENDS } from './documented-order.ts';
import { RealtimeTestClient, type RealtimeTestClientOptions } from './realtime-test-client.ts';

/** Events that belong to the user's turn, in the documented order. */
export const USER_TURN = [
  'input_audio_buffer.speech_started',
  'input_audio_buffer.speech_stopped',
  'input_audio_buffer.committed',
  'conversation.item.added',
  'conversation.item.done',
];

/** Events of one spoken answer, in the documented order; transcript deltas stand in their place once. */
export const SPOKEN_ANSWER = [
  'response.created',
  'rate_limits.updated',
  'response.output_item.added',
  'conversation.item.added',
  'response.content_part.added',
  'output_audio_buffer.started',
  'response.output_audio_transcript.delta',
  ...ANSWER_ENDS,
  'output_audio_buffer.stopped',
];

/** A session of quick turns with transcription, and these tools. */
export function quickSession(more: Partial<SessionConfig & { type: 'realtime' }> = {}): SessionConfig {
  return {
    ...more,
    type: 'realtime',
    audio: {
      input: {
        transcription: { model: 'whisper-1' },
        turn_detection: { type: 'server_vad', silence_duration_ms: 300 },
      },
    },
  };
}

/** The types of a client's events without transcription, deltas in a row counted once. */
export function outline(client: RealtimeTestClient, from = 0): string[] {
  const types = client.types().slice(from);
  return types.filter((type, index) => !type.includes('input_audio_transcription') && type !== types[index - 1]);
}

/** Clients of one test, closed together. */
export class Callers {
  readonly #clients: RealtimeTestClient[] = [];

  async connect(
    server: LocalRealtime,
    options: Omit<RealtimeTestClientOptions, 'url'> = {},
  ): Promise<RealtimeTestClient> {
    const client = await RealtimeTestClient.connect({ url: server.url, ...options });
    this.#clients.push(client);
    return client;
  }

  /** Closes all; gives what came that was no event of the GA union. */
  async close(): Promise<string[]> {
    const clients = this.#clients.splice(0);
    await Promise.all(clients.map((client) => client.close()));
    return clients.flatMap(({ misfits }) => misfits);
  }
}
