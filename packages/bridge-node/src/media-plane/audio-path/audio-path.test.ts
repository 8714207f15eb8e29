import { type InboundAudio, OPUS_SILENCE } from '@voice-bridge/media-node';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AudioBench, lineOf, type SentPacket } from '../testing/audio-bench.ts';

describe('one speaker', () => {
  it('reaches the model unopened, its losses and reordering included', () => {
    const { bench, say } = oneSpeaker();
    for (const number of [1, 2, 5, 4]) say('a', number);
    expect(bench.toModel.map(({ sequenceNumber }) => sequenceNumber)).toEqual([100, 101, 104, 103]);
    expect(bench.toModel.map(numberOf)).toEqual([1, 2, 5, 4]);
    expect(bench.codec.open).toBe(0);
  });

  it('is followed by silence in wall-clock time 60 ms after its last packet', () => {
    const { bench, say } = oneSpeaker();
    say('a', 1);
    bench.clock.advance(59);
    expect(bench.toModel).toHaveLength(1);
    bench.clock.advance(1_001);
    expect(bench.toModel.slice(1).every(isSilence)).toBe(true);
    expect(bench.toModel).toHaveLength(1 + 51);
  });

  it('is not needed for the model to get silence', () => {
    const { bench } = oneSpeaker();
    bench.clock.advance(1_000);
    expect(bench.toModel).toHaveLength(48);
    expect(bench.toModel.every(isSilence)).toBe(true);
  });

  it('is watched when all other sessions are, whenever its packets come', () => {
    const { bench, say } = oneSpeaker();
    bench.clock.advance(3.4);
    const looks = new Set<number>();
    for (let number = 1; number < 100; number++) {
      say('a', number);
      bench.clock.advance(19.9);
      if (number > 5) looks.add((bench.clock.nextDueAt ?? 1) % 10);
    }
    expect([...looks]).toEqual([0]);
  });

  it('is sent nowhere before the model takes audio and after the end', () => {
    const bench = new AudioBench({ started: false });
    bench.join('a');
    bench.path.pushPacket('a', speech(1));
    bench.clock.advance(500);
    bench.path.start();
    bench.path.close();
    bench.path.start();
    bench.path.pushPacket('a', speech(2));
    bench.clock.advance(500);
    expect(bench.toModel).toEqual([]);
    expect(bench.clock.pending).toBe(0);
  });

  it('is replaced by silence while it is muted, and heard again afterwards [S-0.22]', () => {
    const { bench, say } = oneSpeaker();
    say('a', 1);
    bench.path.set('a', { muted: true });
    bench.frames(10, (index) => say('a', index + 2));
    expect(bench.toModel.slice(1).every(isSilence)).toBe(true);
    expect(bench.toModel.length).toBeGreaterThan(5);
    bench.path.set('a', { muted: false });
    say('a', 12);
    expect(numberOf(bench.toModel.at(-1))).toBe(12);
  });

  it.each(['listener', 'observer'] as const)('is nobody whose role is %s', (role) => {
    const { bench, say } = oneSpeaker();
    bench.path.set('a', { role });
    bench.frames(10, (index) => say('a', index));
    expect(bench.toModel.every(isSilence)).toBe(true);
  });

  it('gives the floor to another that begins when it has been gone for two seconds', () => {
    const { bench, say } = oneSpeaker();
    bench.join('b');
    say('a', 1);
    bench.clock.advance(2_000);
    say('b', 101);
    say('b', 102);
    expect(bench.toModel.filter((packet) => !isSilence(packet)).map(numberOf)).toEqual([1, 101, 102]);
    expect(bench.codec.open).toBe(0);
  });

  it('never has a number sent twice, is never heard while muted, and never leaves the model without audio', () => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 150, size: 'max' }), (actions) => {
        const { bench, say } = oneSpeaker();
        let [next, muted] = [1_000, false];
        for (const { type, ms } of actions) {
          const before = bench.toModel.length;
          if (type === 'speak') say('a', next++);
          if (type === 'lose') next += 3;
          if (type === 'mute' || type === 'unmute') muted = type === 'mute';
          bench.path.set('a', { muted });
          if (muted) expect(bench.toModel.slice(before)).toEqual([]);
          bench.clock.advance(ms);
        }
        expect(lineOf(bench.toModel)).toEqual({
          repeated: 0,
          backwards: 0,
          longestPauseMs: expect.toSatisfy((ms) => ms <= 61),
        });
      }),
      { numRuns: 200, seed: 3 },
    );
  });
});

describe('what the assistant says', () => {
  it('goes to everybody unopened, each on a line of its own [S-1.19]', () => {
    const { bench } = oneSpeaker();
    bench.path.pushModel(speech(1));
    bench.join('b');
    bench.path.pushModel(speech(2));
    expect(bench.packetsTo('a').map(summary)).toEqual([
      [200, 1],
      [201, 2],
    ]);
    expect(bench.packetsTo('b').map(summary)).toEqual([[300, 2]]);
    expect(bench.codec.open).toBe(0);
  });

  it('follows one packet of silence that warms a listener up, on the same line, marked [S-2.7]', () => {
    const { bench } = oneSpeaker();
    bench.path.warmUp('a');
    bench.clock.advance(20);
    bench.path.warmUp('a');
    bench.clock.advance(980);
    bench.path.pushModel(speech(7));
    const [warm, first, ...more] = bench.packetsTo('a');
    expect([warm?.sequenceNumber, warm?.marker, first?.sequenceNumber, first?.marker]).toEqual([200, true, 201, true]);
    expect([warm?.payload, more]).toEqual([OPUS_SILENCE, []]);
    expect(first?.timestamp).toBe((warm?.timestamp ?? 0) + 1_000 * 48);
  });

  it('is not interrupted for warming up', () => {
    const { bench } = oneSpeaker();
    bench.path.pushModel(speech(1));
    bench.path.warmUp('a');
    bench.path.pushModel(speech(2));
    expect(bench.packetsTo('a').map(summary)).toEqual([
      [200, 1],
      [201, 2],
    ]);
  });

  it('reaches nobody who left, and no observer', () => {
    const { bench } = oneSpeaker();
    bench.join('b');
    bench.path.set('b', { role: 'observer' });
    bench.path.remove('a');
    bench.path.pushModel(speech(1));
    expect([bench.packetsTo('a'), bench.packetsTo('b')]).toEqual([[], []]);
  });

  it('ends with silence when the model drops it; what is under way of it is dropped too [S-2.8]', () => {
    const { bench } = oneSpeaker();
    bench.path.pushModel(speech(1));
    bench.clock.advance(20);
    bench.path.flush();
    bench.path.pushModel(speech(2));
    bench.clock.advance(40);
    bench.path.pushModel(speech(3));
    bench.path.resume();
    bench.path.pushModel(speech(4));
    expect(bench.packetsTo('a').map(summary)).toEqual([
      [200, 1],
      [201, SILENT],
      [202, 4],
    ]);
    const [first, , last] = bench.packetsTo('a');
    expect(last).toMatchObject({ marker: true, timestamp: (first?.timestamp ?? 0) + 60 * 48 });
  });

  it('is heard again after a while even when the model never says that it begins', () => {
    const { bench } = oneSpeaker();
    bench.path.flush();
    bench.clock.advance(199);
    bench.path.pushModel(speech(1));
    bench.clock.advance(1);
    bench.path.pushModel(speech(2));
    expect(bench.packetsTo('a').map(summary)).toEqual([[200, 2]]);
  });

  it('goes on as it was when there was nothing to drop', () => {
    const { bench } = oneSpeaker();
    for (const number of [1, 2, 3]) {
      bench.path.pushModel(speech(number));
      bench.clock.advance(20);
      if (number !== 1) continue;
      bench.clock.advance(500);
      bench.path.flush();
      bench.clock.advance(200);
    }
    expect(bench.packetsTo('a').map(summary)).toEqual([
      [200, 1],
      [201, 2],
      [202, 3],
    ]);
  });
});

it('refuses a gain that is none', () => {
  const { bench } = oneSpeaker();
  for (const gain of [-1, 4.1, Number.NaN]) expect(() => bench.path.set('a', { gain })).toThrow(TypeError);
});

/** The second byte of a packet of silence. */
const SILENT = OPUS_SILENCE[1];

const action = fc.record({
  type: fc.constantFrom('speak', 'speak', 'speak', 'speak', 'lose', 'mute', 'unmute'),
  ms: fc.constantFrom(0, 1, 20, 20, 20, 35, 200),
});

function oneSpeaker() {
  const bench = new AudioBench();
  bench.join('a');
  return { bench, say: (id: string, number: number) => bench.path.pushPacket(id, speech(number)) };
}

function speech(number: number): InboundAudio {
  const payload = Uint8Array.of(0xf8, number & 0xff, number >> 8, 1);
  return { ssrc: 7, sequenceNumber: number, timestamp: number * 960, marker: false, payload };
}

function numberOf(packet: SentPacket | undefined): number {
  return (packet?.payload[1] ?? 0) + ((packet?.payload[2] ?? 0) << 8);
}

function summary({ sequenceNumber, payload }: SentPacket): (number | undefined)[] {
  return [sequenceNumber, payload[1]];
}

function isSilence({ payload }: SentPacket): boolean {
  return payload.length === OPUS_SILENCE.length && payload.every((byte, index) => byte === OPUS_SILENCE[index]);
}
