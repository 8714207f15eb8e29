import { describe, expect, it } from 'vitest';
import { decodeG711, encodeG711 } from './g711.ts';

describe('G.711', () => {
  it('has the values of the standard', () => {
    // ITU-T G.711, tables 1 and 2: the ends of the first and last segments (µ-law scaled by 4, A-law by 8 to 16 bits).
    expect([...decodeG711(Uint8Array.of(0x80, 0xff, 0x7f, 0x00, 0xf0, 0x8f), 'pcmu')]).toEqual([
      32_124, 0, 0, -32_124, 120, 16_764,
    ]);
    expect([...decodeG711(Uint8Array.of(0xaa, 0xd5, 0x55, 0x2a, 0xd4), 'pcma')]).toEqual([32_256, 8, -8, -32_256, 24]);
  });

  it.each(['pcmu', 'pcma'] as const)('codes every %s value back to itself', (law) => {
    const codes = Uint8Array.from({ length: 256 }, (_, code) => code);
    const again = encodeG711(decodeG711(codes, law), law);
    // µ-law has two zeros; the negative one comes back as the positive.
    const expected = law === 'pcmu' ? codes.map((code) => (code === 0x7f ? 0xff : code)) : codes;
    expect([...again]).toEqual([...expected]);
  });

  it.each(['pcmu', 'pcma'] as const)(
    'takes %s samples to the nearest value, to within the step of their segment',
    (law) => {
      const pcm = Int16Array.from({ length: 65_536 }, (_, index) => index - 32_768);
      const decoded = decodeG711(encodeG711(pcm, law), law);
      for (let index = 0; index < pcm.length; index++) {
        const sample = pcm[index] ?? 0;
        const off = Math.abs((decoded[index] ?? 0) - sample);
        if (off > Math.max(16, (Math.abs(sample) + 132) / 32, Math.abs(sample) - 32_000)) {
          expect.fail(`${law}: ${sample} became ${decoded[index]}`);
        }
      }
    },
  );
});
