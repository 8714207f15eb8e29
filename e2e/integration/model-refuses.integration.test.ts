import { createServer, type Server } from 'node:http';
import { createVoiceBridge } from '@voice-bridge/bridge-node';
import { listen } from '@voice-bridge/bridge-node/node';
import { errorResponseSchema, parseValue } from '@voice-bridge/core';
import { afterEach, describe, expect, it } from 'vitest';
import { BridgeClient, BridgeRefusal } from './support/bridge-client.ts';

const KEY = 'sk-canary-92fe10';
const open: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

describe('a speech model that cannot be had', () => {
  it.each([
    [401, 'model_rejected'],
    [429, 'model_rate_limited'],
    [500, 'model_unreachable'],
  ])('HTTP %i becomes %s for the client, and the key is in no byte of it [S-1.4] [S-1.32]', async (status, code) => {
    const lines: string[] = [];
    const model = await serveRefusals(status);
    const url = await startBridge(`http://127.0.0.1:${portOf(model)}/v1`, lines);
    const refusal = await refusalOf(BridgeClient.connect(url, 'refused'));
    const parsed = parseValue(errorResponseSchema, JSON.parse(refusal.body));
    expect(parsed).toMatchObject({ ok: true, value: { error: { code } } });
    expect(refusal.status).toBeGreaterThanOrEqual(500);
    expect(refusal.body + lines.join()).not.toContain(KEY);
  });

  it('says model_unreachable when nobody listens there', async () => {
    const model = await serveRefusals(500);
    const port = portOf(model);
    await closeServer(model);
    const url = await startBridge(`http://127.0.0.1:${port}/v1`, []);
    expect((await refusalOf(BridgeClient.connect(url, 'nobody'))).body).toContain('model_unreachable');
  });
});

async function refusalOf(connecting: Promise<BridgeClient>): Promise<BridgeRefusal> {
  const refusal: unknown = await connecting.catch((error: unknown) => error);
  if (!(refusal instanceof BridgeRefusal)) throw new Error(`Not refused: ${String(refusal)}`);
  return refusal;
}

async function serveRefusals(status: number): Promise<Server> {
  const server = createServer((_request, response) => {
    const error = {
      message: `Incorrect API key provided: ${KEY}`,
      type: 'invalid_request_error',
      code: KEY,
      param: null,
    };
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ error }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push(() => closeServer(server));
  return server;
}

function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('No port');
  return address.port;
}

async function startBridge(baseUrl: string, lines: string[]): Promise<string> {
  const log = (fields: unknown, message: string) => lines.push(`${message} ${JSON.stringify(fields)}`);
  const bridge = createVoiceBridge({
    model: { baseUrl, apiKey: KEY },
    logger: { debug: log, info: log, warn: log, error: log },
  });
  const server = await listen(bridge, { host: '127.0.0.1', port: 0 });
  open.push(async () => {
    await server.close();
    await bridge.close();
  });
  return server.url;
}
