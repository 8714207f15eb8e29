import {
  BRIDGE_PATH,
  type BridgeRequest,
  bridgePath,
  bridgeResponseSchema,
  bridgeTextPath,
  CONFIG_PATH,
  closedResponseSchema,
  configResponseSchema,
  type IceServer,
  type ParticipantRole,
  PROTOCOL_VERSION,
  SESSION_PARAMETER,
  textResponseSchema,
  VoiceBridgeError,
} from '@voice-bridge/core';
import { BridgeHttp, type BridgeHttpOptions, readAnswer } from './bridge-http.ts';

/** Where, as whom and about what a client asks. */
export interface BridgeApiOptions extends BridgeHttpOptions {
  readonly conversationId: string;
}

/** What the bridge may be asked to do differently for this conversation. */
export interface ConversationWishes {
  readonly voice?: string;
  readonly agentName?: string;
  readonly systemPrompt?: string;
  /**
   * Joins the conversation's session beside whoever is in it, and leaves it to them; default false: this page takes the
   * conversation over, and ends the session when it goes.
   */
  readonly shared?: boolean;
  /** How the others in the session see this page. */
  readonly name?: string;
  /** What this page does in the session; default `speaker`. */
  readonly role?: ParticipantRole;
}

/** What a client must know before its offer. */
export interface BridgeConfig {
  readonly iceServers: readonly IceServer[];
}

/** The bridge dials the model before it answers. */
const OPEN_TIMEOUT_MS = 20_000;

/** The bridge's HTTP interface for one conversation. Every method rejects with a coded error, `bridge_unreachable` among them. */
export class BridgeApi {
  readonly #options: BridgeApiOptions;
  readonly #http: BridgeHttp;
  /** The session our last offer opened; null while we do not know. */
  #sessionId: string | null = null;
  /** The last session we had: what a redial renews. */
  #lastSessionId: string | undefined;
  /** What gives us our place in it again. */
  #resumeToken: string | undefined;

  constructor(options: BridgeApiOptions) {
    this.#options = options;
    this.#http = new BridgeHttp(options);
  }

  /** Asks which ICE servers to use. Rejects with `protocol_mismatch` when the bridge speaks a newer version. */
  async config(signal: AbortSignal): Promise<BridgeConfig> {
    const text = await this.#http.ask({ method: 'GET', path: CONFIG_PATH }, signal);
    const config = readAnswer(configResponseSchema, text);
    if (config.protocol_version > PROTOCOL_VERSION) {
      throw new VoiceBridgeError('protocol_mismatch', 'The bridge is newer than this page', {
        hint: 'Reload the page.',
      });
    }
    return { iceServers: config.ice_servers };
  }

  /** Opens a session with our offer, or takes our place in the one we had again, or renews that unless another page has the conversation by now, and gives the answer, both SDP text. `onSend` runs when the bridge is about to hear of it. */
  async open(offer: string, wishes: ConversationWishes, onSend: () => void, signal: AbortSignal): Promise<string> {
    const body: BridgeRequest = {
      conversation_id: this.#options.conversationId,
      offer,
      voice: wishes.voice,
      agent_name: wishes.agentName,
      system_prompt: wishes.systemPrompt,
      session_id: this.#lastSessionId,
      join: wishes.shared,
      name: wishes.name,
      role: wishes.role,
      resume_token: this.#resumeToken,
    };
    const request = { method: 'POST', path: BRIDGE_PATH, body, timeoutMs: OPEN_TIMEOUT_MS, onSend };
    this.#sessionId = null;
    const text = await this.#http.ask(request, signal);
    const { session_id, answer, resume_token } = readAnswer(bridgeResponseSchema, text);
    this.#sessionId = session_id;
    this.#lastSessionId = session_id;
    this.#resumeToken = resume_token;
    return answer;
  }

  /** Says typed text; resolves when the model has it. */
  async sendText(text: string, signal: AbortSignal): Promise<void> {
    const path = bridgeTextPath(this.#options.conversationId);
    const answer = await this.#http.ask({ method: 'POST', path, body: { text } }, signal);
    readAnswer(textResponseSchema, answer);
  }

  /** Ends our session, or the conversation's while ours has no name yet: never one that another page opened since. Sent at once with the last known token, so that it also leaves a page that is closing. */
  async close(): Promise<void> {
    const named = this.#sessionId === null ? '' : `?${SESSION_PARAMETER}=${encodeURIComponent(this.#sessionId)}`;
    const request = { method: 'DELETE', path: bridgePath(this.#options.conversationId) + named };
    const { signal } = new AbortController();
    const text = await this.#http.send(request, signal).catch((error: unknown) => {
      if (this.#options.auth === undefined || !isUnauthorized(error)) throw error;
      return this.#http.ask(request, signal);
    });
    readAnswer(closedResponseSchema, text);
  }
}

function isUnauthorized(error: unknown): boolean {
  return error instanceof VoiceBridgeError && error.code === 'unauthorized';
}
