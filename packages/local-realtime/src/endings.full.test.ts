import { execFileSync } from 'node:child_process';
import type { Worker } from 'node:worker_threads';
import { createMediaConnection } from '@voice-bridge/media-node';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { encodeAudio, toBase64 } from './call/sound/audio-format.ts';
import { installedRecogniser } from './engines/engine-test-support.ts';
import { type LocalRealtime, startLocalRealtime } from './start-local-realtime.ts';
import { systemClock } from './system-clock.ts';
import { quickSession } from './testing/call-fixture.ts';
import { RealtimeSocketClient } from './testing/realtime-socket-client.ts';
import { RealtimeTestClient } from './testing/realtime-test-client.ts';
import { skipWithout } from './testing/skip-without.ts';
import { testSpeech } from './testing/test-speech.ts';

const AT_ONCE = 2;
/** An offer that nobody follows is given up after 15 s. */
const LONGEST_END_MS = 25_000;
const KINDS = ['MessagePort', 'UDPWrap', 'TCPSocketWrap', 'TCPServerWrap', 'Timeout'];

const isDeaf = skipWithout({ recogniser: installedRecogniser !== undefined });
const STORY = 'tell me a story';
const LOOK_EVERY_MS = 50;

let threads = 0;
let server: LocalRealtime;
let story: Int16Array;
let atRest: Held;

type Held = Readonly<Record<string, number>>;

/** What this process holds, by kind: threads, children of every thread (the recogniser's among them), sockets, timers. */
function held(): Held {
  const counts: Record<string, number> = Object.fromEntries(KINDS.map((kind) => [kind, 0]));
  for (const kind of process.getActiveResourcesInfo()) if (kind in counts) counts[kind] = (counts[kind] ?? 0) + 1;
  return { ...counts, threads, children: children().length };
}

function watchThread(thread: Worker): void {
  threads++;
  thread.once('exit', () => threads--);
}

function children(): string[] {
  const all = execFileSync('ps', ['-A', '-o', 'ppid=,comm='], { encoding: 'utf8' }).split('\n');
  const own = all.map((line) => line.trim().split(/\s+/)).filter(([parent]) => parent === String(process.pid));
  return own.map(([, name]) => name ?? '').filter((name) => name !== 'ps');
}

const connect = () => RealtimeTestClient.connect({ url: server.url, session: quickSession() });

/** A caller who has said something that is understood and answered with a long story. */
async function told(): Promise<RealtimeTestClient> {
  const client = await connect();
  await client.say(story);
  await client.until(() => client.packets.length > 20, 'story');
  return client;
}

async function ended(client: RealtimeTestClient): Promise<void> {
  await client.until(() => client.state === 'closed', 'end of the call');
  await client.close();
}

/** The six ways; each resolves when the caller has nothing more to do with the call. */
const ENDINGS: readonly (readonly [string, () => Promise<void>])[] = [
  [
    'nobody follows the offer',
    async () => {
      const connection = createMediaConnection({ clock: systemClock, channels: ['oai-events'] });
      const body = await connection.createOffer();
      const headers = { authorization: 'Bearer test', 'content-type': 'application/sdp' };
      await (await fetch(`${server.url}/realtime/calls`, { method: 'POST', headers, body })).text();
      await connection.close();
    },
  ],
  ['the caller goes in the middle of the story', async () => (await told()).close()],
  [
    'hung up while the recogniser works',
    async () => {
      const client = await connect();
      await client.say(story);
      await client.waitFor('input_audio_buffer.speech_stopped');
      await client.hangUp();
      await ended(client);
    },
  ],
  [
    'broken in the middle of the story',
    async () => {
      const client = await connect();
      await client.say(story);
      await ended(client);
    },
  ],
  [
    'the microphone dies in the middle of a word',
    async () => {
      const client = await connect();
      const speaking = client.say(story);
      await client.waitFor('input_audio_buffer.speech_started');
      client.microphone.stop();
      await speaking;
      await client.close();
    },
  ],
  [
    'a WebSocket closes in the middle of the story',
    async () => {
      const client = await RealtimeSocketClient.connect({ url: server.url });
      const quiet = new Int16Array(24_000);
      for (const pcm of [await testSpeech(STORY), quiet]) {
        client.send({ type: 'input_audio_buffer.append', audio: toBase64(encodeAudio(pcm, 'pcm')) });
      }
      await client.waitFor('response.output_audio.delta');
      await client.close();
    },
  ],
];

const breaksStories = (name: string) => name.startsWith('broken');

async function setFaults(plan: object): Promise<void> {
  await fetch(server.url.replace('/v1', '/__faults'), { method: 'POST', body: JSON.stringify(plan) });
}

/** Every way once, some calls at a time; gives what was held at most while they lasted. */
async function endInEveryWay(): Promise<Held> {
  const most: Record<string, number> = {};
  const look = () => {
    for (const [kind, count] of Object.entries(held())) most[kind] = Math.max(most[kind] ?? 0, count);
  };
  for (const [name, end] of ENDINGS) {
    await setFaults(breaksStories(name) ? { drop: { afterMs: 200, times: AT_ONCE } } : {});
    const timer = setInterval(look, LOOK_EVERY_MS);
    await Promise.all(Array.from({ length: AT_ONCE }, end));
    clearInterval(timer);
  }
  await expect.poll(() => server.callCount, { timeout: LONGEST_END_MS }).toBe(0);
  return most;
}

beforeAll(async () => {
  process.on('worker', watchThread);
  story = await testSpeech(STORY, 16_000);
  atRest = held();
  server = await startLocalRealtime();
}, 60_000);
afterAll(async () => {
  process.off('worker', watchThread);
  await server.close();
});

it('calls that end in six ways, with the real engines, give back threads, processes, sockets and timers', async () => {
  const idle = await settled();
  expect(idle).toMatchObject({ threads: 1, children: 0, UDPWrap: 0, TCPServerWrap: 1 });
  const most = await endInEveryWay();
  // It was all there to be given back.
  expect(most.UDPWrap).toBeGreaterThan(1);
  expect(most.Timeout).toBeGreaterThan(idle.Timeout ?? 0);
  if (!isDeaf) expect(most.children).toBeGreaterThan(0);
  await expect.poll(held, { timeout: LONGEST_END_MS, interval: 200 }).toEqual(idle);
  await server.close();
  await expect.poll(held, { timeout: LONGEST_END_MS, interval: 200 }).toEqual(atRest);
}, 120_000);

/** What a server holds that nobody calls. */
async function settled(): Promise<Held> {
  await expect.poll(() => children().length, { timeout: LONGEST_END_MS }).toBe(0);
  return held();
}
