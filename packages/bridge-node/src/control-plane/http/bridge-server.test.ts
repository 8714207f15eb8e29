import { expect, it } from 'vitest';
import { createBridgeServer } from './bridge-server.ts';

it('tells where a request comes from', async () => {
  const server = createBridgeServer({
    answer: (_request, address) => new Response(address),
    handleUpgrade: () => {},
  });
  const port = await server.bind('127.0.0.1', 0);
  try {
    expect(await (await fetch(`http://127.0.0.1:${port}`)).text()).toBe('127.0.0.1');
  } finally {
    await server.close();
  }
});
