import type { Generator } from '../relay/generator.ts';
import { ModelEndpoint } from '../relay/model-endpoint.ts';
import { type LocalLeg, readRemote, writeAnswer, writeOffer } from '../relay/sdp.ts';
import { offerToBridge } from './offer-to-bridge.ts';

/** The legs of one session: two people, and the model that the bridge dialled for them. */
export interface CrowdSession {
  readonly people: readonly [LocalLeg, LocalLeg];
  readonly model: LocalLeg;
}

const LOOPBACK = '127.0.0.1';
const TICK_MS = 1_000;

/** The generator as a speech model that takes the calls of one session after the other. */
export class CrowdModel {
  readonly url: string;
  readonly #endpoint: ModelEndpoint;
  readonly #generator: Generator;
  readonly #waiting: LocalLeg[];

  private constructor(endpoint: ModelEndpoint, generator: Generator, waiting: LocalLeg[]) {
    this.url = endpoint.url;
    this.#endpoint = endpoint;
    this.#generator = generator;
    this.#waiting = waiting;
  }

  /** Listens on a free port. */
  static async start(generator: Generator): Promise<CrowdModel> {
    const waiting: LocalLeg[] = [];
    const endpoint = await ModelEndpoint.start(async (offer) => {
      const leg = waiting.shift();
      if (leg === undefined) throw new Error('nobody waits for a call');
      // A call that does not come up is refused by the bridge.
      generator.connect(leg, readRemote(offer), 'controlled').catch(() => {});
      return writeAnswer(offer, leg, generator.fingerprint, LOOPBACK);
    });
    return new CrowdModel(endpoint, generator, waiting);
  }

  /** Two people join a conversation at a bridge that dials this model. */
  async open(bridgeUrl: string, conversationId: string): Promise<CrowdSession> {
    const model = await this.#generator.openLeg();
    this.#waiting.push(model);
    const join = () => joinBridge(this.#generator, bridgeUrl, conversationId);
    return { people: [await join(), await join()], model };
  }

  /** Ends every connection. */
  stop(): void {
    this.#endpoint.stop();
  }
}

/** Every session is answered every so many seconds, each in a second of its own. Returns how to end it. */
export function answerInTurn(
  generator: Generator,
  sessions: readonly CrowdSession[],
  speech: number,
  everySeconds: number,
): () => void {
  let second = 0;
  const timer = setInterval(() => {
    second++;
    for (const [n, { model }] of sessions.entries()) {
      if ((second + n) % everySeconds === 0) generator.talk(model, speech, 'once', (n * TICK_MS) / sessions.length);
    }
  }, TICK_MS);
  return () => clearInterval(timer);
}

async function joinBridge(generator: Generator, url: string, conversationId: string): Promise<LocalLeg> {
  const leg = await generator.openLeg();
  const offer = writeOffer(leg, generator.fingerprint, LOOPBACK);
  const answer = await offerToBridge(url, conversationId, offer);
  await generator.connect(leg, readRemote(answer), 'controlling');
  return leg;
}
