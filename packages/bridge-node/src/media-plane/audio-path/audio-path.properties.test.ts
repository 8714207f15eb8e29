import fc from 'fast-check';
import { expect, it } from 'vitest';
import { AudioBench, lineOf } from '../testing/audio-bench.ts';

/** Everybody's sound is a bit of its own, so that every sample says who is in it. */
const BITS = { a: 1, b: 2, c: 4, p: 8, model: 16 } as const;
const RECORDING = 32;
const MEDIA = ['a', 'b', 'c'] as const;
const EVERYBODY = [...MEDIA, 'p'] as const;

type Id = (typeof EVERYBODY)[number];

const action = fc.record({
  type: fc.constantFrom(
    'speak',
    'speak',
    'speak',
    'speak',
    'speak',
    'lose',
    'mute',
    'unmute',
    'role',
    'leave',
    'flush',
    'play',
  ),
  who: fc.constantFrom(...EVERYBODY),
  others: fc.subarray([...EVERYBODY, 'model'] as const),
  role: fc.constantFrom('speaker', 'listener', 'observer'),
  packetMs: fc.constantFrom(10, 20, 40, 60),
  ms: fc.constantFrom(0, 1, 7, 20, 20, 20, 35, 200),
});

/** Does what the actions say, for participants that send packets of one length each, and tells what everybody heard meanwhile. */
class Play {
  readonly bench: AudioBench;
  readonly there = new Set<Id>();
  readonly muted = new Set<Id>();
  readonly silenced = new Map<Id, 'speaker' | 'listener' | 'observer'>();
  readonly #lengths = new Map<string, number>();

  constructor(hearEachOther: boolean) {
    this.bench = new AudioBench({ hearEachOther });
  }

  do({
    type,
    who,
    others,
    role,
    packetMs,
    ms,
  }: typeof action extends fc.Arbitrary<infer Action> ? Action : never): void {
    const { bench } = this;
    if (type === 'leave') this.#leave(who);
    else this.#join(who);
    const length = this.#lengths.get(who) ?? packetMs;
    this.#lengths.set(who, length);
    if (type === 'speak') for (const id of new Set([who, ...others])) this.#speak(id);
    if (type === 'lose' && who !== 'p') bench.packet(who, soundOf(who, length));
    if (type === 'mute') this.muted.add(who);
    if (type === 'unmute') this.muted.delete(who);
    if (type === 'role') this.silenced.set(who, role);
    if (this.there.has(who)) bench.path.set(who, { muted: this.muted.has(who), role: this.roleOf(who) });
    if (type === 'flush') bench.path.flush();
    if (type === 'play') bench.path.play(new Int16Array(1_000).fill(RECORDING), () => {});
    bench.clock.advance(ms);
  }

  roleOf(id: Id): 'speaker' | 'listener' | 'observer' {
    return this.silenced.get(id) ?? 'speaker';
  }

  /** Who was in what somebody heard, ever. */
  bitsHeardBy(id: string): number {
    return this.bench.heardBy(id).reduce((bits, sample) => bits | sample, 0);
  }

  #join(id: Id): void {
    if (this.there.has(id)) return;
    this.there.add(id);
    if (id === 'p') this.bench.joinPcm(id);
    else this.bench.join(id);
  }

  #leave(id: Id): void {
    this.there.delete(id);
    this.muted.delete(id);
    this.silenced.delete(id);
    this.bench.path.remove(id);
  }

  #speak(id: Id | 'model'): void {
    if (id === 'p') this.bench.path.pushPcm('p', soundOf('p', 27));
    else this.bench.speak(id, soundOf(id, this.#lengths.get(id) ?? 20));
  }
}

it.each([true, false])(
  'nobody ever hears itself or somebody muted, and every line stays one line (hearEachOther: %s)',
  (hearEachOther) => {
    fc.assert(
      fc.property(fc.array(action, { minLength: 1, maxLength: 150, size: 'max' }), (actions) => {
        const play = new Play(hearEachOther);
        for (const one of actions) {
          const before = play.bench.toModel.length;
          play.do(one);
          const later = play.bench.toModel.slice(before);
          for (const id of EVERYBODY) {
            if (play.muted.has(id) || play.roleOf(id) !== 'speaker') expect(bitsOf(later) & BITS[id]).toBe(0);
          }
        }
        expect(play.bitsHeardBy('model') & (BITS.model | RECORDING)).toBe(0);
        for (const id of EVERYBODY) {
          const others = hearEachOther ? ~BITS[id] : BITS.model | RECORDING;
          expect(play.bitsHeardBy(id) & ~others).toBe(0);
        }
        for (const id of MEDIA) {
          expect(lineOf(play.bench.packetsTo(id))).toMatchObject({ repeated: 0, backwards: 0 });
        }
        const { repeated, backwards, longestPauseMs } = lineOf(play.bench.toModel);
        expect([repeated, backwards]).toEqual([0, 0]);
        expect(longestPauseMs).toBeLessThanOrEqual(100);
        play.bench.path.close();
        expect([play.bench.codec.open, play.bench.clock.pending]).toEqual([0, 0]);
      }),
      { numRuns: 50, seed: 4 },
    );
  },
);

function soundOf(id: keyof typeof BITS, ms: number): Int16Array {
  return new Int16Array(24 * ms).fill(BITS[id]);
}

function bitsOf(packets: AudioBench['toModel']): number {
  return packets.reduce((bits, { payload }) => bits | (payload.length > 3 ? (payload.at(-2) ?? 0) : 0), 0);
}
