import { expect, it } from 'vitest';
import { loadOpusCodec } from './evan-opus-wasm.ts';
import { opusCodecContract } from './opus-codec.contract.ts';

/** More than anything else takes meanwhile. */
const GROWTH_BYTES = 4 * 2 ** 20;
const MOST_CODECS = 5_000;

opusCodecContract('loadOpusCodec', loadOpusCodec);

it('loads the codec once per process', async () => {
  expect(await loadOpusCodec()).toBe(await loadOpusCodec());
});

it('goes on coding as before when its memory has grown', async () => {
  const codec = await loadOpusCodec();
  const frame = (n: number) => Int16Array.from({ length: 480 }, (_, at) => 8_000 * Math.sin(0.05 * (480 * n + at)));
  const packets = (grow: () => void) => {
    const encoder = codec.createEncoder({ sampleRateHz: 24_000 });
    const made = [0, 1, 2, 3].map((n) => {
      if (n === 2) grow();
      return encoder.encode(frame(n));
    });
    encoder.close();
    return made;
  };
  const expected = packets(() => {});
  const others: { close(): void }[] = [];
  const memory = () => process.memoryUsage().external;
  const grown = packets(() => {
    for (const before = memory(); memory() < before + GROWTH_BYTES && others.length < MOST_CODECS; )
      others.push(codec.createEncoder({ sampleRateHz: 24_000 }));
  });
  expect(others.length).toBeLessThan(MOST_CODECS);
  for (const other of others) other.close();
  expect(grown).toEqual(expected);
});
