import { expect, it } from 'vitest';
import { anySignal } from '../engine-test-support.ts';
import { runProcess } from './recogniser-process.ts';

const node = (code: string, signal = anySignal(), timeoutMs = 10_000) =>
  runProcess(process.execPath, ['-e', code], { timeoutMs, signal });

it('gives back what the program wrote to standard error', async () => {
  expect(await node('console.log("out"); console.error("log")')).toBe('log\n');
});

it('rejects with the last error when the program fails, and when there is none', async () => {
  const failing = 'console.error("INFO: x\\nERROR: \\"a.c\\", line 1: no model\\nINFO: y"); process.exit(1)';
  await expect(node(failing)).rejects.toMatchObject({ code: 'internal', message: expect.stringContaining('no model') });
  const missing = runProcess('/nonexistent/recogniser', [], { timeoutMs: 1_000, signal: anySignal() });
  await expect(missing).rejects.toMatchObject({ code: 'internal', message: 'The recogniser could not be started' });
});

it('kills a program that takes too long', async () => {
  const started = performance.now();
  await expect(node('setInterval(() => {}, 1000)', anySignal(), 200)).rejects.toMatchObject({
    code: 'internal',
    message: expect.stringContaining('200 ms'),
  });
  expect(performance.now() - started).toBeLessThan(5_000);
});

it('kills the program when the signal fires, and does not start it when it has fired', async () => {
  const controller = new AbortController();
  const running = node('setInterval(() => {}, 1000)', controller.signal);
  setImmediate(() => controller.abort());
  await expect(running).rejects.toMatchObject({ code: 'aborted' });
  await expect(node('', AbortSignal.abort())).rejects.toMatchObject({ code: 'aborted' });
});
