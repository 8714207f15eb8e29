import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const MODULE = new URL('./young-generation.ts', import.meta.url).href;
/**
 * Makes objects that live for a while, as those of sessions do, and says how many MB the young generation took in the end: the middle
 * of several readings, as for a moment pages count that a collection has left and nobody has taken back yet.
 */
const PROGRAM = `
  import { getHeapSpaceStatistics } from 'node:v8';
  const kept = [];
  const work = (rounds) => {
    for (let n = 0; n < rounds; n++) kept[n % 50_000] = { n, text: 'a' + n };
  };
  const size = () => getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space').space_size / 1e6;
  if (process.argv[2] === 'late') work(1_500_000);
  if (process.argv[2] !== 'leave') (await import(${JSON.stringify(MODULE)})).holdYoungGeneration();
  work(1_500_000);
  const sizes = Array.from({ length: 9 }, () => (work(50_000), size()));
  console.log(JSON.stringify([sizes.sort((a, b) => a - b)[4], typeof gc]));
`;

/** In a process of its own, as it is for a whole process. */
function youngMegabytes(hold: 'leave' | 'hold' | 'late', ...options: readonly string[]): number {
  const args = ['--experimental-strip-types', '--no-warnings', '--input-type=module', ...options, '-'];
  const input = { input: PROGRAM, cwd: fileURLToPath(new URL('.', import.meta.url)), encoding: 'utf8' } as const;
  const [megabytes, gc]: [number, string] = JSON.parse(execFileSync(process.execPath, [...args, hold], input));
  expect(gc).toBe('undefined');
  return megabytes;
}

describe('holdYoungGeneration', () => {
  it('keeps small what would grow', () => {
    expect(youngMegabytes('leave')).toBeGreaterThan(15);
    expect(youngMegabytes('hold')).toBeLessThan(9);
  });

  it('makes small again what has grown', () => {
    expect(youngMegabytes('late')).toBeLessThan(9);
  });

  it('leaves a size alone that the process was started with', () => {
    expect(youngMegabytes('hold', '--max-semi-space-size=8')).toBeGreaterThan(10);
  });
});
