import { expect, it } from 'vitest';
import { loadOpusCodec } from './evan-opus-wasm.ts';
import { opusCodecContract } from './opus-codec.contract.ts';

opusCodecContract('loadOpusCodec', loadOpusCodec);

it('loads the codec once per process', async () => {
  expect(await loadOpusCodec()).toBe(await loadOpusCodec());
});
