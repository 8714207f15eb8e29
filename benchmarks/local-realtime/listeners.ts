/**
 * So many callers who only listen, as a process of their own that does next to nothing else: what is late at their ears was late at
 * the server. Told by the command line: the server's base URL and how many. Each asks twice, one after the other's answers ended: programs
 * that have just started compile while they speak and listen. Prints a line of JSON: of each round the largest gap of each call, in ms.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { createMediaConnection, type MediaChannel } from '@voice-bridge/media-node';

const FRAME_MS = 20;
/** People do not ask at the same moment; all the answers still overlap. */
const APART_MS = 60;
/** Behind the last packet of an answer. */
const SILENT_MS = 1_000;

const [url = '', count = '1'] = process.argv.slice(2);
const clock = {
  now: () => performance.now(),
  after(delayMs: number, task: () => void) {
    const timer = setTimeout(task, delayMs);
    return () => clearTimeout(timer);
  },
};

/** One caller: when its packets came, without keeping them. */
class Listener {
  lastAt = 0;
  #largestGapMs = 0;
  #packets = 0;
  #channel: MediaChannel | undefined;
  readonly #connection = createMediaConnection({
    clock,
    channels: ['oai-events'],
    dialCandidates: true,
    additionalHostAddresses: ['127.0.0.1'],
    onAudio: () => this.#take(),
  });

  async connect(): Promise<void> {
    this.#connection.on('channel', (channel) => {
      this.#channel = channel;
      channel.receive(() => {});
    });
    const headers = { authorization: 'Bearer test', 'content-type': 'application/sdp' };
    const body = await this.#connection.createOffer();
    const answer = await fetch(`${url}/realtime/calls`, { method: 'POST', headers, body });
    if (!answer.ok) throw new Error(`The call was answered with ${answer.status}`);
    await this.#connection.acceptAnswer(await answer.text());
    await this.#connection.whenConnected();
  }

  ask(): void {
    this.#channel?.send('{"type":"response.create"}');
  }

  /** What was heard since the last time. */
  takeHeard() {
    const heard = { largestGapMs: this.#largestGapMs, packets: this.#packets };
    this.#largestGapMs = 0;
    this.#packets = 0;
    return heard;
  }

  close(): Promise<void> {
    return this.#connection.close();
  }

  #take(): void {
    const now = performance.now();
    if (this.#packets > 0) this.#largestGapMs = Math.max(this.#largestGapMs, now - this.lastAt - FRAME_MS);
    this.lastAt = now;
    this.#packets++;
  }
}

const listeners: Listener[] = [];
for (let n = 0; n < Number(count); n++) {
  const listener = new Listener();
  await listener.connect();
  listeners.push(listener);
}
const rounds = [await listenToAll(), await listenToAll()];
console.log(JSON.stringify(rounds));
await Promise.all(listeners.map((listener) => listener.close()));

async function listenToAll(): Promise<{ largestGapMs: number; packets: number }[]> {
  for (const listener of listeners) {
    listener.ask();
    await wait(APART_MS);
  }
  while (listeners.some(({ lastAt }) => performance.now() - lastAt < SILENT_MS)) await wait(SILENT_MS / 4);
  return listeners.map((listener) => listener.takeHeard());
}
