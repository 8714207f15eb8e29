/** How long the answer to a check may take, in ms. */
const ANSWER_MS = 2_500;

/** What of the library's ICE agent a check is made with. */
interface ConsentAgent {
  readonly localUsername: string;
  readonly remoteUsername: string;
  readonly remotePassword: string;
  readonly iceControlling: boolean;
  readonly nominated?: SelectedPair | undefined;
  /** A connectivity check of this agent (RFC 8445 section 7.1.1), yet unsigned. */
  buildRequest(options: Omit<ConsentAgent, 'remotePassword' | 'nominated' | 'buildRequest'> & CheckOptions): unknown;
}

interface CheckOptions {
  readonly nominate: boolean;
  readonly localCandidate: unknown;
}

interface SelectedPair {
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

/**
 * Gives what sends one consent check (RFC 7675) over the selected path, which every ICE agent answers at once. Throws
 * `TypeError` when the library's agent is not the one known here.
 */
export function consentCheckOf(agent: unknown): () => void {
  if (!isConsentAgent(agent)) throw new TypeError('The WebRTC library has no ICE agent that is known here');
  return () => {
    const { nominated, localUsername, remoteUsername, remotePassword, iceControlling } = agent;
    if (nominated === undefined) return;
    const { protocol, remoteAddr, localCandidate } = nominated;
    const credentials = { localUsername, remoteUsername, iceControlling };
    const request = agent.buildRequest({ ...credentials, nominate: false, localCandidate });
    const options = { retransmissions: 0, responseTimeout: ANSWER_MS };
    // No answer is an answer too: nothing was heard.
    protocol.request(request, remoteAddr, Buffer.from(remotePassword), options).catch(() => {});
  };
}

function isConsentAgent(agent: unknown): agent is ConsentAgent {
  if (typeof agent !== 'object' || agent === null) return false;
  const texts = ['localUsername', 'remoteUsername', 'remotePassword'];
  const isKnown = texts.every((name) => typeof Reflect.get(agent, name) === 'string');
  return isKnown && typeof Reflect.get(agent, 'buildRequest') === 'function';
}
