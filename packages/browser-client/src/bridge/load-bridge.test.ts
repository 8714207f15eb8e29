import { expect, it } from 'vitest';
import { createBridge } from './create-bridge.ts';
import { loadBridge } from './load-bridge.ts';

it('loads what speaks with a bridge once, and after a failure again', async () => {
  const offline = new TypeError('Failed to fetch dynamically imported module');
  await expect(loadBridge(() => Promise.reject(offline))).rejects.toMatchObject({
    code: 'bridge_unreachable',
    hint: 'Check the network, and reload the page.',
    cause: offline,
  });
  expect(await loadBridge()).toBe(createBridge);
  expect(await loadBridge(() => Promise.reject(offline))).toBe(createBridge);
});
