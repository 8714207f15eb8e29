import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as passed } from 'node:timers/promises';
import { EVENTS_CHANNEL_LABEL } from '@voice-bridge/core/openai';
import { Generator } from '../relay/generator.ts';
import { type LocalLeg, readRemote, writeOffer } from '../relay/sdp.ts';
import { type HeardPacket, readHeard } from '../sessions/kept-packets.ts';

/** People do not ask at the same moment; all the answers still overlap. */
const APART_MS = 60;
const LOOPBACK = '127.0.0.1';

/**
 * Callers of a model who only listen: legs of our C program, with an events channel each. When a packet came is what the
 * kernel says, so that it does not matter when anybody had time to look.
 */
export class Callers {
  readonly #generator: Generator;
  readonly #legs: readonly LocalLeg[];

  private constructor(generator: Generator, legs: readonly LocalLeg[]) {
    this.#generator = generator;
    this.#legs = legs;
  }

  /** Makes so many calls to the model at `url`; `program` is the compiled generator, which runs on core number `core`. */
  static async connect(program: string, core: number, url: string, count: number): Promise<Callers> {
    const generator = await Generator.start(program, core);
    const legs: LocalLeg[] = [];
    for (let n = 0; n < count; n++) legs.push(await call(generator, url));
    generator.keep();
    return new Callers(generator, legs);
  }

  /** Everybody asks, one after the other; resolves when answers of so many ms have ended. */
  async ask(answerMs: number): Promise<void> {
    for (const leg of this.#legs) {
      this.#generator.tell(leg, '{"type":"response.create"}');
      await passed(APART_MS);
    }
    await passed(answerMs);
  }

  /** What each has heard since the beginning. Throws when the generator did not read everything, or not everything was genuine. */
  async heard(): Promise<readonly (readonly HeardPacket[])[]> {
    const folder = mkdtempSync(join(tmpdir(), 'voice-bridge-callers-'));
    try {
      const { overrun, refused } = await this.#generator.write(folder);
      if (overrun + refused > 0) throw new Error(`${overrun} datagrams were not read, ${refused} not genuine`);
      return this.#legs.map(({ index }) => readHeard(folder, index));
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  /** Ends the callers; their model has to find that out. */
  stop(): Promise<void> {
    return this.#generator.stop();
  }
}

async function call(generator: Generator, url: string): Promise<LocalLeg> {
  const leg = await generator.openLeg();
  const body = writeOffer(leg, generator.fingerprint, LOOPBACK, 'audio and channel');
  const headers = { authorization: 'Bearer test', 'content-type': 'application/sdp' };
  const answer = await fetch(`${url}/realtime/calls`, { method: 'POST', headers, body });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`The call was answered with ${answer.status}: ${text}`);
  await generator.connect(leg, readRemote(text), 'controlling');
  await generator.openChannel(leg, EVENTS_CHANNEL_LABEL);
  return leg;
}
