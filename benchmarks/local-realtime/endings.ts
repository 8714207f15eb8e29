import { setTimeout as wait } from 'node:timers/promises';
import { RealtimeTestClient, type ScriptedRealtime, startScriptedRealtime } from '@voice-bridge/local-realtime/testing';
import { createMediaConnection } from '@voice-bridge/media-node';

const AT_ONCE = 20;
/** An offer that nobody follows is given up after 15 s. */
const LONGEST_END_MS = 20_000;
const KINDS = ['UDPWrap', 'TCPSocketWrap', 'TCPServerWrap', 'Timeout', 'MessagePort', 'Worker'];

const clock = {
  now: () => performance.now(),
  after(delayMs: number, task: () => void) {
    const timer = setTimeout(task, delayMs);
    return () => clearTimeout(timer);
  },
};

/** Six ways in which a call ends; each resolves when the caller has nothing more to do with it. */
const ENDINGS: readonly ((model: ScriptedRealtime) => Promise<void>)[] = [
  async (model) => (await connect(model)).close(),
  async (model) => {
    const client = await connect(model);
    await client.hangUp();
    await ended(client);
  },
  async (model) => {
    const client = await connect(model);
    // The fault breaks the call in the middle of the answer.
    client.send({ type: 'response.create' });
    await ended(client);
  },
  async (model) => {
    const client = await connect(model);
    client.microphone.stop();
    await client.close();
  },
  async (model) => {
    const webSocket = new WebSocket(`${model.url.replace('http', 'ws')}/realtime?model=gpt-realtime`, [
      'realtime',
      'openai-insecure-api-key.test',
    ]);
    await new Promise((resolve) => webSocket.addEventListener('message', resolve, { once: true }));
    const closed = new Promise((resolve) => webSocket.addEventListener('close', resolve, { once: true }));
    webSocket.close();
    await closed;
  },
  async (model) => {
    const connection = createMediaConnection({ clock, channels: ['oai-events'] });
    const body = await connection.createOffer();
    const headers = { authorization: 'Bearer test', 'content-type': 'application/sdp' };
    await (await fetch(`${model.url}/realtime/calls`, { method: 'POST', headers, body })).text();
    await connection.close();
  },
];

/** What is still held after so many calls that was not before: sockets, timers, workers, by kind; none when all went back. */
export async function leftBehind(calls: number): Promise<string[]> {
  const turns = Array.from(
    { length: calls },
    () => [{ type: 'sentence', text: 'Nobody hears this to the end.' }] as const,
  );
  await run(12, turns);
  await settled();
  const before = held();
  await run(calls, turns);
  await settled();
  const after = held();
  return KINDS.flatMap((kind) => {
    const more = (after.get(kind) ?? 0) - (before.get(kind) ?? 0);
    return more === 0 ? [] : [`${kind}: ${more}`];
  });
}

async function run(calls: number, turns: Parameters<typeof startScriptedRealtime>[0]['turns'] & object): Promise<void> {
  const model = await startScriptedRealtime({
    turns,
    maxCalls: calls,
    faults: { drop: { afterMs: 40, times: calls } },
  });
  for (let first = 0; first < calls; first += AT_ONCE) {
    const batch = Array.from({ length: Math.min(AT_ONCE, calls - first) }, (_, n) => first + n);
    await Promise.all(batch.map((n) => ENDINGS[n % ENDINGS.length]?.(model)));
  }
  await model.until(() => model.callCount === 0, 'end of every call', LONGEST_END_MS);
  await model.close();
}

const connect = (model: ScriptedRealtime) => RealtimeTestClient.connect({ url: model.url });

async function ended(client: RealtimeTestClient): Promise<void> {
  await client.until(() => client.state === 'closed', 'end of the call');
  await client.close();
}

/** Connections that `fetch` keeps open for the next request are no leak of the server. */
async function settled(): Promise<void> {
  await wait(6_000);
}

function held(): Map<string, number> {
  const kinds = new Map<string, number>();
  for (const kind of process.getActiveResourcesInfo()) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  return kinds;
}
