import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Mixer } from './mixer.ts';

const SAMPLES = 480;

describe('the mixer', () => {
  it('adds what several people say, sample by sample [S-1.3]', () => {
    const mixer = new Mixer(3);
    mixer.add(Int16Array.of(1, 200, -30), 1, 1);
    mixer.add(Int16Array.of(5, -100, -30), 1, 1);
    expect(mixer.mix(new Int16Array(3))).toEqual(Int16Array.of(6, 100, -60));
  });

  it('is silent when nobody speaks', () => {
    const mixer = new Mixer(2);
    mixer.add(Int16Array.of(9, 9), 1, 1);
    mixer.clear();
    expect([mixer.sources, mixer.mix(new Int16Array(2))]).toEqual([0, Int16Array.of(0, 0)]);
  });

  it('leaves a listener out of what it hears, exactly, whatever the gains [S-1.25]', () => {
    const sample = fc.integer({ min: -32_768, max: 32_767 });
    const source = fc.record({ frame: fc.int16Array({ minLength: 8, maxLength: 8 }), from: gain, to: gain, sample });
    fc.assert(
      fc.property(fc.array(source, { minLength: 1, maxLength: 6 }), fc.nat(), (sources, pick) => {
        const own = pick % sources.length;
        const all = new Mixer(8);
        const others = new Mixer(8);
        sources.forEach(({ frame, from, to }, index) => {
          all.add(frame, from, to);
          if (index !== own) others.add(frame, from, to);
        });
        expect(all.mixWithout(own, new Int16Array(8))).toEqual(others.mix(new Int16Array(8)));
      }),
      { seed: 5, numRuns: 300 },
    );
  });

  it('limits what is too loud without an edge, keeps its order, and leaves the rest as it is', () => {
    const mixed = (level: number) => {
      const mixer = new Mixer(1);
      for (let left = level; left !== 0; left -= Math.sign(left) * Math.min(30_000, Math.abs(left))) {
        mixer.add(Int16Array.of(Math.sign(left) * Math.min(30_000, Math.abs(left))), 1, 1);
      }
      return mixer.mix(new Int16Array(1))[0] ?? 0;
    };
    expect([0, 12_345, -26_000].map(mixed)).toEqual([0, 12_345, -26_000]);
    const rising = Array.from({ length: 60 }, (_, step) => mixed(25_000 + step * 500));
    expect(rising).toEqual([...rising].sort((a, b) => a - b));
    expect(Math.max(...rising)).toBeLessThanOrEqual(32_767);
    expect(mixed(4_000_000)).toBeGreaterThan(32_000);
    expect(mixed(-4_000_000)).toBeGreaterThanOrEqual(-32_767);
  });

  it('moves from one gain to another over the frame, so that nothing clicks', () => {
    const mixer = new Mixer(SAMPLES);
    mixer.add(new Int16Array(SAMPLES).fill(10_000), 0, 2);
    const mixed = mixer.mix(new Int16Array(SAMPLES));
    const steps = [...mixed].map((sample, index) => sample - (mixed[index - 1] ?? 0));
    expect(Math.max(...steps)).toBeLessThan(50);
    expect(mixed[SAMPLES - 1]).toBe(20_000);
  });

  it('refuses frames of another length and sources that are not there', () => {
    const mixer = new Mixer(2);
    expect(() => mixer.add(new Int16Array(3), 1, 1)).toThrow(TypeError);
    expect(() => mixer.mixWithout(0, new Int16Array(2))).toThrow(TypeError);
  });
});

const gain = fc.double({ min: 0, max: 4, noNaN: true });
