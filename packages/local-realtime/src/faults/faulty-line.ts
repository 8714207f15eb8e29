import { decodeJson, parseValue } from '@voice-bridge/core';
import * as z from 'zod/mini';
import type { OutgoingEvents } from '../call/call-options.ts';
import type { Faults } from './faults.ts';

const MAX_EVENT_LENGTH = 64 * 1024 * 1024;
const PCM16_BYTES_PER_MS = 48;
const G711_BYTES_PER_MS = 8;

const eventSchema = z.looseObject({
  type: z.string(),
  delta: z.optional(z.unknown()),
  response: z.optional(
    z.looseObject({
      audio: z.optional(
        z.looseObject({
          output: z.optional(z.looseObject({ format: z.optional(z.looseObject({ type: z.string() })) })),
        }),
      ),
    }),
  ),
});

const STRANGE: Readonly<Record<string, string>> = {
  malformed: '{"type":"response.done","event_id":',
  unknown: '{"type":"response.mystery","event_id":"event_mystery"}',
  incomplete: '{"type":"response.done","event_id":"event_incomplete"}',
};

/** What a server sends to one caller, with the faults of the moment in it. */
export class FaultyLine implements OutgoingEvents {
  /** Resolves when the connection has to end, at once. */
  readonly whenDropped: Promise<void>;
  readonly #faults: Faults;
  #drop: () => void = () => {};
  #state: 'flowing' | 'stalled' | 'dropped' = 'flowing';
  #answerMs = 0;
  #audioMs = 0;
  #bytesPerMs = PCM16_BYTES_PER_MS;

  constructor(faults: Faults) {
    this.#faults = faults;
    this.whenDropped = new Promise((resolve) => {
      this.#drop = resolve;
    });
  }

  /** What is really sent for one event. */
  events(text: string): readonly string[] {
    if (this.#state !== 'flowing') return [];
    // Most events need no second look: nothing goes wrong, and only a beginning changes what is counted.
    if (Object.keys(this.#faults.plan).length === 0 && !text.includes('"response.created"')) return [text];
    const event = readEvent(text);
    if (event === undefined) return [text];
    if (event.type === 'response.created') this.#beginAnswer(event.response?.audio?.output?.format?.type);
    if (event.type === 'response.output_audio.delta' && !this.#delta(event.delta)) return [];
    const { insert, loseEvents, repeatEvents } = this.#faults.plan;
    const before = insert?.before === event.type ? [STRANGE[insert.event] ?? insert.event] : [];
    if (loseEvents?.includes(event.type)) return before;
    return repeatEvents?.includes(event.type) ? [...before, text, text] : [...before, text];
  }

  repeatsAnswer(): boolean {
    return this.#state === 'flowing' && this.#faults.takeRepeat();
  }

  /** Whether a packet of the assistant's audio is sent that lasts so long, in ms. */
  audio(durationMs: number): boolean {
    if (this.#state !== 'flowing' || !this.#count(durationMs)) return false;
    const { audioGaps } = this.#faults.plan;
    return audioGaps === undefined || this.#audioMs % audioGaps.everyMs < audioGaps.everyMs - audioGaps.lengthMs;
  }

  #beginAnswer(format: string | undefined): void {
    this.#answerMs = 0;
    this.#bytesPerMs = format === 'audio/pcmu' || format === 'audio/pcma' ? G711_BYTES_PER_MS : PCM16_BYTES_PER_MS;
  }

  #delta(audio: unknown): boolean {
    const bytes = typeof audio === 'string' ? (audio.length * 3) / 4 : 0;
    return this.audio(bytes / this.#bytesPerMs);
  }

  /** False when the line breaks here. */
  #count(durationMs: number): boolean {
    const broken = this.#faults.takeBreak(this.#answerMs);
    this.#answerMs += durationMs;
    this.#audioMs += durationMs;
    if (broken === undefined) return true;
    this.#state = broken === 'drop' ? 'dropped' : 'stalled';
    if (broken === 'drop') this.#drop();
    return false;
  }
}

function readEvent(text: string) {
  const decoded = decodeJson(text, MAX_EVENT_LENGTH);
  const parsed = decoded.ok ? parseValue(eventSchema, decoded.value) : decoded;
  return parsed.ok ? parsed.value : undefined;
}
