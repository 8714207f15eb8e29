import { expect, it } from 'vitest';
import { Turnstile } from './turnstile.ts';

it('never lets more than the limit run, in the order they came, failures included', async () => {
  const turnstile = new Turnstile(2);
  const started: number[] = [];
  let running = 0;
  let most = 0;
  const work = (n: number) =>
    turnstile.run(async () => {
      started.push(n);
      running += 1;
      most = Math.max(most, running);
      await new Promise(setImmediate);
      running -= 1;
      if (n === 1) throw new Error('one fails');
      return n;
    });
  const results = await Promise.allSettled([0, 1, 2, 3, 4].map(work));
  expect(results.map((result) => (result.status === 'fulfilled' ? result.value : 'failed'))).toEqual([
    0,
    'failed',
    2,
    3,
    4,
  ]);
  expect(started).toEqual([0, 1, 2, 3, 4]);
  expect(most).toBe(2);
  expect(await turnstile.run(async () => 'free again')).toBe('free again');
});
