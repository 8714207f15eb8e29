import { type SessionCloseReason, toVoiceBridgeError, VoiceBridgeError } from '@voice-bridge/core';
import type { SessionOptions } from '../../seam/session-commands.ts';
import type { SessionStats } from '../../seam/session-events.ts';
import { LiveSession } from './live-session.ts';
import { ReplacedSessions } from './replaced-sessions.ts';
import { closedError } from './session-errors.ts';
import type { SessionPorts } from './session-ports.ts';
import type { SessionRecord } from './session-record.ts';

/** One request for a session and a place in it. */
export interface OpenRequest {
  readonly conversationId: string;
  readonly subject: string;
  /** Whether the subject is somebody in particular, whose sessions are counted. */
  readonly named: boolean;
  /** SDP text, already validated. */
  readonly offer: string;
  /** Longest text the subject may type on the control channel, in UTF-16 units; 0: it may not type. */
  readonly textLength: number;
  /** The session the client had and wants to renew; undefined: it takes the conversation over. */
  readonly renews?: string | undefined;
  /** Everything about the session that is known before it is its turn. */
  readonly prepare: () => Promise<SessionOptions>;
  /** Fires when the client gave up. */
  readonly signal: AbortSignal;
}

/** A session that was opened, and its first participant's answer. */
export interface Opened {
  readonly sessionId: string;
  readonly participantId: string;
  readonly answer: string;
}

/** What a {@link SessionDirectory} runs on. */
export interface SessionDirectoryOptions extends SessionPorts {
  readonly mintParticipantId: () => string;
}

/** A place for one conversation: at most one session, and whoever waits for the next one. */
interface Slot {
  subject: string | undefined;
  session: LiveSession | undefined;
  /** What `session` renewed: its client may still know it by that id, when the answer never arrived. */
  renewed: string | undefined;
  readonly openings: Set<Opening>;
  tail: Promise<void>;
  waiting: number;
}

/** One {@link OpenRequest} on its way; `cancelled` says why it was given up. */
interface Opening {
  readonly renews: string | undefined;
  cancelled: VoiceBridgeError | undefined;
  cancel: (reason: SessionCloseReason, error: VoiceBridgeError) => void;
}

const MAX_REPLACED = 10_000;

/** Every session of this bridge by conversation: one at a time each, the older closed before the newer starts. */
export class SessionDirectory {
  readonly #options: SessionDirectoryOptions;
  readonly #slots = new Map<string, Slot>();
  readonly #replaced = new ReplacedSessions(MAX_REPLACED);
  #shuttingDown = false;

  constructor(options: SessionDirectoryOptions) {
    this.#options = options;
  }

  /** Sessions that are opening, open or closing. */
  list(): SessionRecord[] {
    return [...this.#slots.values()].flatMap((slot) => recordOf(slot.session) ?? []);
  }

  /** The conversation's session; undefined when it has none. */
  get(conversationId: string): SessionRecord | undefined {
    return recordOf(this.#slots.get(conversationId)?.session);
  }

  /**
   * Closes the conversation's session if there is one, opens a new one and joins it. The newest request wins: an older one
   * still opening rejects with `session_replaced`, and so does one that renews a session whose place another took since. Also rejects with `too_many_sessions`, `rate_limited`, `aborted`,
   * `shutting_down`, and whatever the model or the offer fail with; nothing is left behind then.
   */
  async open(request: OpenRequest): Promise<Opened> {
    const slot = this.#admit(request);
    for (const older of slot.openings) {
      if (older.renews !== request.renews) this.#remember(older.renews);
      older.cancel('replaced', this.#closedError('replaced'));
    }
    const { renews } = request;
    const opening: Opening = {
      renews,
      cancelled: undefined,
      cancel: (_reason, error) => (opening.cancelled ??= error),
    };
    const giveUp = () => opening.cancel('stopped', new VoiceBridgeError('aborted', 'The client gave up'));
    slot.openings.add(opening);
    request.signal.addEventListener('abort', giveUp, { once: true });
    if (request.signal.aborted) giveUp();
    try {
      return await this.#enqueue(request.conversationId, slot, () => this.#open(slot, opening, request));
    } finally {
      request.signal.removeEventListener('abort', giveUp);
      slot.openings.delete(opening);
    }
  }

  /** Hands text to the conversation's session; false when it has no open one. Throws `rate_limited` when there was too much of it. */
  sendText(conversationId: string, text: string): boolean {
    return this.#slots.get(conversationId)?.session?.sendText(text) ?? false;
  }

  /** How the connections of the conversation's session are; undefined when it has no open one. */
  async stats(conversationId: string): Promise<SessionStats | undefined> {
    return this.#slots.get(conversationId)?.session?.stats();
  }

  /** Ends the conversation's session, also one that is still opening. Resolves when it is over; at once when there is none. */
  async close(conversationId: string, reason: SessionCloseReason): Promise<void> {
    const slot = this.#slots.get(conversationId);
    if (slot === undefined) return;
    for (const opening of slot.openings) opening.cancel(reason, this.#closedError(reason));
    await this.#enqueue(conversationId, slot, async () => slot.session?.close(reason));
  }

  /** Ends that one session; does nothing when the conversation has another one by now. */
  async closeSession(conversationId: string, sessionId: string, reason: SessionCloseReason): Promise<void> {
    const session = this.#slots.get(conversationId)?.session;
    if (session?.record.sessionId === sessionId) await session.close(reason);
  }

  /** Ends every session and takes no more. */
  async shutDown(): Promise<void> {
    this.#shuttingDown = true;
    await Promise.all([...this.#slots.keys()].map((conversationId) => this.close(conversationId, 'shutting_down')));
  }

  #admit(request: OpenRequest): Slot {
    if (this.#shuttingDown) throw this.#closedError('shutting_down');
    const { sessions, sessionsPerSubject } = this.#options.limits;
    const known = this.#slots.get(request.conversationId);
    if (this.#isReplaced(known, request.renews)) throw this.#closedError('replaced');
    if (known === undefined && this.#slots.size >= sessions) {
      throw new VoiceBridgeError('too_many_sessions', 'The server carries as many sessions as it may');
    }
    if (request.named && this.#countOthers(request) >= sessionsPerSubject) {
      throw new VoiceBridgeError('rate_limited', 'You have as many sessions as you may');
    }
    const slot = known ?? createSlot();
    slot.subject = request.named ? request.subject : undefined;
    this.#slots.set(request.conversationId, slot);
    return slot;
  }

  /** Whether somebody else has the conversation, or is about to, since the session that is to be renewed. */
  #isReplaced(slot: Slot | undefined, renews: string | undefined): boolean {
    if (renews === undefined) return false;
    if (this.#replaced.has(renews)) return true;
    if (slot === undefined) return false;
    return (
      this.#isReplacedBySession(slot, renews) ||
      [...slot.openings].some((opening) => opening.cancelled === undefined && opening.renews !== renews)
    );
  }

  #isReplacedBySession(slot: Slot, renews: string | undefined): boolean {
    if (renews === undefined || slot.session === undefined) return false;
    return slot.session.options.sessionId !== renews && slot.renewed !== renews;
  }

  #remember(sessionId: string | undefined): void {
    if (sessionId !== undefined) this.#replaced.add(sessionId);
  }

  #countOthers(request: OpenRequest): number {
    let count = 0;
    for (const [conversationId, slot] of this.#slots) {
      if (slot.subject === request.subject && conversationId !== request.conversationId) count++;
    }
    return count;
  }

  async #open(slot: Slot, opening: Opening, request: OpenRequest): Promise<Opened> {
    if (opening.cancelled !== undefined) throw opening.cancelled;
    if (this.#isReplacedBySession(slot, request.renews)) throw this.#closedError('replaced');
    if (slot.session !== undefined && request.renews === undefined) {
      this.#remember(slot.session.options.sessionId);
      this.#remember(slot.renewed);
    }
    await slot.session?.close('replaced');
    if (opening.cancelled !== undefined) throw opening.cancelled;
    const options = await request.prepare();
    if (opening.cancelled !== undefined) throw opening.cancelled;
    const session = new LiveSession(options, request.subject, this.#options);
    slot.session = session;
    slot.renewed = request.renews;
    session.closed.then(() => this.#forget(request.conversationId, slot, session));
    opening.cancel = (reason, error) => {
      opening.cancelled ??= error;
      void session.close(reason);
    };
    try {
      await session.open();
      const participantId = this.#options.mintParticipantId();
      const answer = await session.join(participantId, request.offer, request.textLength);
      if (opening.cancelled !== undefined) throw opening.cancelled;
      return { sessionId: options.sessionId, participantId, answer };
    } catch (cause) {
      const error = toVoiceBridgeError(cause, 'internal', 'The session could not be opened');
      await session.close('failed', error);
      throw opening.cancelled ?? error;
    }
  }

  /** Runs the conversation's changes one after the other. */
  async #enqueue<T>(conversationId: string, slot: Slot, change: () => Promise<T>): Promise<T> {
    slot.waiting++;
    const result = slot.tail.then(change);
    slot.tail = result.then(
      () => {},
      () => {},
    );
    try {
      return await result;
    } finally {
      slot.waiting--;
      this.#tidy(conversationId, slot);
    }
  }

  #forget(conversationId: string, slot: Slot, session: LiveSession): void {
    if (slot.session === session) slot.session = undefined;
    this.#tidy(conversationId, slot);
  }

  #tidy(conversationId: string, slot: Slot): void {
    const unused = slot.session === undefined && slot.waiting === 0;
    if (unused && this.#slots.get(conversationId) === slot) this.#slots.delete(conversationId);
  }

  #closedError(reason: SessionCloseReason): VoiceBridgeError {
    return closedError(reason, undefined, undefined, this.#options.redact);
  }
}

/** What is told of a session; one that is over is told of no more, even while its place is being cleared. */
function recordOf(session: LiveSession | undefined): SessionRecord | undefined {
  return session === undefined || session.state === 'closed' ? undefined : session.record;
}

function createSlot(): Slot {
  return {
    subject: undefined,
    session: undefined,
    renewed: undefined,
    openings: new Set(),
    tail: Promise.resolve(),
    waiting: 0,
  };
}
