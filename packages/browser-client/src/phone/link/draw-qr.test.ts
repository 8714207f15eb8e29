import { expect, it } from 'vitest';
import { drawQr } from './draw-qr.ts';

/** The corner of a QR code (ISO/IEC 18004 section 5.3.2). */
const FINDER = ['#######', '#.....#', '#.###.#', '#.###.#', '#.###.#', '#.....#', '#######'];

it('draws a square of modules with a quiet zone of four around and a mark in three corners', async () => {
  const code = await drawQr('https://192.168.178.20:3443/mobile-voice#Qjnid09wP0mtqIRUKP1UrcX4S6_RJn3m');
  const size = code.length;
  const corner = (top: number, left: number) =>
    code.slice(top, top + 7).map((row) =>
      row
        .slice(left, left + 7)
        .map((dark) => (dark ? '#' : '.'))
        .join(''),
    );
  expect(code.every((row) => row.length === size)).toBe(true);
  expect((size - 8 - 17) % 4).toBe(0);
  expect(code.slice(0, 4).flat()).not.toContain(true);
  for (const [top, left] of [
    [4, 4],
    [4, size - 11],
    [size - 11, 4],
  ] as const) {
    expect(corner(top, left)).toEqual(FINDER);
  }
});
