import { OPUS_SILENCE } from '@voice-bridge/media-node';
import type { HeardPacket, SaidPacket } from './kept-packets.ts';
import { PACKET_MS } from './numbered-speech.ts';

/** What one person heard of the model's answers, which are forwarded byte by byte. */
export interface AnswersHeard {
  readonly packets: number;
  readonly lost: number;
  /** Came twice, or are no packets of an answer. */
  readonly wrong: number;
  /** From the model's socket to the person's, in ms. */
  readonly delaysMs: readonly number[];
  /** By how much packets came later than 20 ms behind the one before of the same answer, in ms. */
  readonly gapsMs: readonly number[];
}

/** Finds what the model said, which is `answer` again and again, in what a person heard; the bridge's own silence is left out. */
export function answersHeard(
  said: readonly SaidPacket[],
  heard: readonly HeardPacket[],
  answer: readonly Uint8Array[],
): AnswersHeard {
  const arrivals = new Map<number, number>();
  let [next, wrong] = [0, 0];
  for (const { at, payload } of heard) {
    if (isSame(payload, OPUS_SILENCE)) continue;
    const number = numberOf(payload, next, said.length, answer);
    if (number === undefined || arrivals.has(number)) wrong++;
    else {
      arrivals.set(number, at);
      next = number + 1;
    }
  }
  return {
    packets: arrivals.size,
    lost: said.length - arrivals.size,
    wrong,
    delaysMs: [...arrivals].map(([number, at]) => at - (said[number]?.at ?? Number.NaN)),
    gapsMs: [...arrivals].flatMap(([number, at]) => {
      const before = number % answer.length === 0 ? undefined : arrivals.get(number - 1);
      return before === undefined ? [] : [Math.max(0, at - before - PACKET_MS)];
    }),
  };
}

/** The number of a packet: the next that is alike, or one of the answer before. */
function numberOf(payload: Uint8Array, next: number, end: number, answer: readonly Uint8Array[]): number | undefined {
  for (let number = next; number < Math.min(end, next + answer.length); number++) {
    if (isSame(payload, answer[number % answer.length])) return number;
  }
  for (let number = next - 1; number >= Math.max(0, next - answer.length); number--) {
    if (isSame(payload, answer[number % answer.length])) return number;
  }
  return undefined;
}

function isSame(one: Uint8Array, other: Uint8Array | undefined): boolean {
  return other !== undefined && Buffer.compare(one, other) === 0;
}
