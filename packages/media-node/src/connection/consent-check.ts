/** How long the answer to a check may take, in ms. */
const ANSWER_MS = 2_500;

/** What of the library's ICE agent a check is made with. */
interface AskingAgent {
  readonly localUsername: string;
  readonly remoteUsername: string;
  readonly remotePassword: string;
  readonly iceControlling: boolean;
  readonly nominated?: unknown;
  /** A connectivity check of this agent (RFC 8445 section 7.1.1), yet unsigned. */
  buildRequest(options: Omit<AskingAgent, 'remotePassword' | 'nominated' | 'buildRequest'> & CheckOptions): unknown;
}

interface CheckOptions {
  readonly nominate: boolean;
  readonly localCandidate: unknown;
}

interface AskedPair {
  readonly localCandidate: unknown;
  readonly remoteAddr: unknown;
  readonly protocol: {
    request(
      request: unknown,
      address: unknown,
      integrityKey: Buffer,
      options: { readonly retransmissions: number; readonly responseTimeout: number },
    ): Promise<unknown>;
  };
}

/** Sends one check over a candidate pair of the library, the selected one by default; gives whether it was answered. */
export type ConsentCheck = (pair?: unknown) => Promise<boolean>;

/**
 * Gives what sends one consent check (RFC 7675), which every ICE agent answers at once and nobody else can. Throws
 * `TypeError` when the library's agent is not the one known here.
 */
export function consentCheckOf(agent: unknown): ConsentCheck {
  if (!isAskingAgent(agent)) throw new TypeError('The WebRTC library has no ICE agent that is known here');
  return async (pair = agent.nominated) => {
    if (!isAskedPair(pair)) return false;
    const { localUsername, remoteUsername, remotePassword, iceControlling } = agent;
    const { protocol, remoteAddr, localCandidate } = pair;
    const credentials = { localUsername, remoteUsername, iceControlling };
    const request = agent.buildRequest({ ...credentials, nominate: false, localCandidate });
    const options = { retransmissions: 0, responseTimeout: ANSWER_MS };
    return protocol.request(request, remoteAddr, Buffer.from(remotePassword), options).then(
      () => true,
      () => false,
    );
  };
}

function isAskingAgent(agent: unknown): agent is AskingAgent {
  if (typeof agent !== 'object' || agent === null) return false;
  const texts = ['localUsername', 'remoteUsername', 'remotePassword'];
  const isKnown = texts.every((name) => typeof Reflect.get(agent, name) === 'string');
  return isKnown && typeof Reflect.get(agent, 'buildRequest') === 'function';
}

function isAskedPair(pair: unknown): pair is AskedPair {
  if (typeof pair !== 'object' || pair === null) return false;
  const protocol: unknown = Reflect.get(pair, 'protocol');
  return typeof protocol === 'object' && protocol !== null && typeof Reflect.get(protocol, 'request') === 'function';
}
