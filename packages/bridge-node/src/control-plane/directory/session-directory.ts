import { type SessionCloseReason, toVoiceBridgeError, VoiceBridgeError } from '@voice-bridge/core';
import type { SessionStats } from '../../seam/session-events.ts';
import { SubjectRates } from '../limits/subject-rates.ts';
import { ConversationSlot, countElsewhere, createOpening, type Opening } from './conversation-slot.ts';
import { LiveSession } from './live-session.ts';
import { ReplacedSessions } from './replaced-sessions.ts';
import { closedError, noSession } from './session-errors.ts';
import { isSomebodyElses, requireVacancy, SessionOwners } from './session-owners.ts';
import type { ParticipantSettings } from './session-participants.ts';
import type { SessionPorts } from './session-ports.ts';
import type { SessionRecord } from './session-record.ts';
import type { Joined, Joiner, Opened, OpenRequest } from './session-requests.ts';
import type { UserMessage } from './user-message.ts';

/** What a {@link SessionDirectory} runs on. */
export interface SessionDirectoryOptions extends SessionPorts {
  readonly mintParticipantId: () => string;
}

const MAX_REMEMBERED = 10_000;
const MAX_SUBJECTS = 10_000;
const OPENS_AT_ONCE = 20;

/** Every session of this bridge by conversation: one at a time each, the older closed before the newer starts. */
export class SessionDirectory {
  readonly #options: SessionDirectoryOptions;
  readonly #slots = new Map<string, ConversationSlot>();
  readonly #replaced = new ReplacedSessions(MAX_REMEMBERED);
  readonly #owners = new SessionOwners(MAX_REMEMBERED);
  readonly #opens: SubjectRates;
  #shuttingDown = false;

  constructor(options: SessionDirectoryOptions) {
    this.#options = options;
    this.#opens = new SubjectRates(options.limits.opensPerMinute, OPENS_AT_ONCE, MAX_SUBJECTS);
  }

  /** Sessions that are opening, open or closing. */
  list(): SessionRecord[] {
    return [...this.#slots.values()].flatMap((slot) => slot.record ?? []);
  }

  /** The conversation's session; undefined when it has none. */
  get(conversationId: string): SessionRecord | undefined {
    return this.#slots.get(conversationId)?.record;
  }

  /** The session with this id; undefined when it is over or never was. */
  find(sessionId: string): SessionRecord | undefined {
    for (const slot of this.#slots.values()) {
      if (slot.session?.options.sessionId === sessionId) return slot.record;
    }
    return undefined;
  }

  /**
   * Closes the conversation's session if there is one and opens a new one, which waits for joins. The newest request wins: an older one
   * still opening rejects with `session_replaced`, and so does one that renews a session whose place another took since. Rejects with
   * `conversation_taken` when it is somebody else's and the asker does not moderate. Also rejects with `too_many_sessions`, `rate_limited`, `aborted`, `shutting_down`, and whatever the model fails with; nothing is left behind then.
   */
  open(request: OpenRequest): Promise<Opened> {
    return this.#takeOver(request, async (session) => ({ sessionId: session.options.sessionId }));
  }

  /** {@link open}, and joins the new session; when that fails the session is closed again. Who has a place in the one it renews takes that. */
  openAndJoin(request: OpenRequest, joiner: Joiner): Promise<Joined> {
    const session = this.#slots.get(request.conversationId)?.session;
    const isMeant = session?.state === 'open' && session.options.sessionId === request.renews;
    if (isMeant && placeOf(session, joiner) !== undefined) return this.join(request.conversationId, joiner, request);
    return this.#takeOver(request, (session) => this.#enter(session, joiner));
  }

  /**
   * Joins the conversation's session. While one is opening, waits for it. When there is none: opens one as {@link openAndJoin} does, or,
   * without `request`, rejects with `not_found`.
   */
  async join(conversationId: string, joiner: Joiner, request?: OpenRequest): Promise<Joined> {
    const opening = createOpening(joiner.subject, request?.renews, true);
    const enter = (session: LiveSession) => this.#enter(session, joiner);
    for (;;) {
      const known = this.#slots.get(conversationId);
      if (request !== undefined) this.#checkRenewal(known, request);
      const slot = known ?? (request === undefined ? undefined : this.#admit(request));
      if (slot === undefined) throw noSession();
      const found = await this.#run(conversationId, slot, opening, joiner.signal, async () => {
        if (slot.isTakenFrom(request?.renews)) throw this.#closedError('replaced');
        const { session } = slot;
        const isMeant = joiner.sessionId === undefined || joiner.sessionId === session?.options.sessionId;
        if (session?.state === 'open' && isMeant) return { session };
        if (slot.isAwaited) return 'later';
        if (request === undefined) throw noSession();
        if (known !== undefined) this.#admit(request);
        opening.joins = false;
        return { joined: await this.#open(slot, opening, request, enter) };
      });
      if (found !== 'later') return found.joined ?? enter(found.session);
    }
  }

  /** The conversation in whose session this participant of the subject's is, or on the way into it; undefined when there is none. */
  conversationOf(participantId: string, subject: string): string | undefined {
    for (const [conversationId, { session }] of this.#slots) {
      if (session?.participants.isOf(participantId, subject)) return conversationId;
    }
    return undefined;
  }

  /** Hands over the answer of a participant who was made an offer; without effect when it is not there. */
  answerJoin(conversationId: string, participantId: string, answer: string): void {
    this.#slots.get(conversationId)?.session?.participants.answer(participantId, answer);
  }

  /** Changes a participant; false when it is not in the conversation's session. Throws `rate_limited` when there was too much of it. */
  setParticipant(conversationId: string, participantId: string, settings: ParticipantSettings): boolean {
    return this.#slots.get(conversationId)?.session?.setParticipant(participantId, settings) ?? false;
  }

  /** Takes a participant out; false when it is not in the conversation's session. Throws `rate_limited` when there was too much of it. */
  removeParticipant(conversationId: string, participantId: string): boolean {
    return this.#slots.get(conversationId)?.session?.removeParticipant(participantId) ?? false;
  }

  /** Plays PCM16 at 24 kHz, mono, to everybody who hears; resolves when it was heard or gave way. Rejects with `not_found` without a session. */
  async play(conversationId: string, samples: Int16Array): Promise<void> {
    const session = this.#slots.get(conversationId)?.session;
    if (session?.state !== 'open') throw noSession();
    await session.play(samples);
  }

  /** Hands text or a picture to the conversation's session; false when it has no open one. Throws `rate_limited` when there was too much of it, `body_too_large` for a picture the model's connection cannot carry. */
  sendText(conversationId: string, message: UserMessage): boolean {
    return this.#slots.get(conversationId)?.session?.sendText(message) ?? false;
  }

  /** How the connections of the conversation's session are; undefined when it has no open one. */
  async stats(conversationId: string): Promise<SessionStats | undefined> {
    return this.#slots.get(conversationId)?.session?.stats();
  }

  /** Whether somebody else runs the conversation's session, or is about to. */
  isSomebodyElses(conversationId: string, subject: string): boolean {
    const slot = this.#slots.get(conversationId);
    return slot !== undefined && isSomebodyElses(slot, subject);
  }

  /** Ends the conversation's session, also one that is still opening. Resolves when it is over; at once when there is none. */
  async close(conversationId: string, reason: SessionCloseReason): Promise<void> {
    const slot = this.#slots.get(conversationId);
    if (slot === undefined) return;
    for (const opening of slot.openings) opening.cancel(reason, this.#closedError(reason));
    try {
      await slot.enqueue(async () => slot.session?.close(reason));
    } finally {
      this.#tidy(conversationId, slot);
    }
  }

  /** Ends that one session; does nothing when the conversation has another one by now. */
  async closeSession(conversationId: string, sessionId: string, reason: SessionCloseReason): Promise<void> {
    const session = this.#slots.get(conversationId)?.session;
    if (session?.options.sessionId === sessionId) await session.close(reason);
  }

  /** Ends every session and takes no more. */
  async shutDown(): Promise<void> {
    this.#shuttingDown = true;
    await Promise.all([...this.#slots.keys()].map((conversationId) => this.close(conversationId, 'shutting_down')));
  }

  async #takeOver<T>(request: OpenRequest, then: (session: LiveSession) => Promise<T>): Promise<T> {
    const { conversationId, subject, renews, signal } = request;
    const known = this.#slots.get(conversationId);
    this.#checkRenewal(known, request);
    requireVacancy(known, request);
    const slot = this.#admit(request);
    for (const older of slot.openings) {
      if (older.joins) continue;
      if (older.renews !== renews) this.#remember(older.renews);
      older.cancel('replaced', this.#closedError('replaced'));
    }
    const opening = createOpening(subject, renews, false);
    opening.owner = this.#owners.ownerOf(request, slot);
    return this.#run(conversationId, slot, opening, signal, () => this.#open(slot, opening, request, then));
  }

  /** Finds or makes the place of a conversation for somebody who may have one more session. */
  #admit(request: OpenRequest): ConversationSlot {
    if (this.#shuttingDown) throw this.#closedError('shutting_down');
    const { limits, clock } = this.#options;
    const known = this.#slots.get(request.conversationId);
    if (known === undefined && this.#slots.size >= limits.sessions) {
      throw new VoiceBridgeError('too_many_sessions', 'The server carries as many sessions as it may');
    }
    if (request.named) {
      if (countElsewhere(this.#slots, request) >= limits.sessionsPerSubject) {
        throw new VoiceBridgeError('rate_limited', 'You have as many sessions as you may');
      }
      this.#opens.take(request.subject, clock.now());
    }
    const slot = known ?? new ConversationSlot();
    slot.subject = request.named ? request.subject : undefined;
    this.#slots.set(request.conversationId, slot);
    return slot;
  }

  #checkRenewal(slot: ConversationSlot | undefined, { renews }: OpenRequest): void {
    if (renews === undefined) return;
    if (this.#replaced.has(renews) || slot?.isOrGetsTakenFrom(renews)) throw this.#closedError('replaced');
  }

  #remember(sessionId: string | undefined): void {
    if (sessionId !== undefined) this.#replaced.add(sessionId);
  }

  async #run<T>(
    conversationId: string,
    slot: ConversationSlot,
    opening: Opening,
    signal: AbortSignal,
    change: () => Promise<T>,
  ): Promise<T> {
    try {
      return await slot.take(opening, signal, new VoiceBridgeError('aborted', 'The client gave up'), change);
    } finally {
      this.#tidy(conversationId, slot);
    }
  }

  async #open<T>(
    slot: ConversationSlot,
    opening: Opening,
    request: OpenRequest,
    then: (session: LiveSession) => Promise<T>,
  ): Promise<T> {
    if (slot.isTakenFrom(request.renews)) throw this.#closedError('replaced');
    opening.owner = this.#owners.ownerOf(request, slot);
    if (slot.session !== undefined && request.renews === undefined) {
      this.#remember(slot.session.options.sessionId);
      this.#remember(slot.renewed);
    }
    await slot.session?.close('replaced');
    if (opening.cancelled !== undefined) throw opening.cancelled;
    const options = await request.prepare();
    if (opening.cancelled !== undefined) throw opening.cancelled;
    const session = new LiveSession(options, opening.owner, this.#options);
    slot.session = session;
    slot.renewed = request.renews;
    session.closed.then(() => this.#forget(request.conversationId, slot, session));
    opening.cancel = (reason, error) => {
      opening.cancelled ??= error;
      void session.close(reason);
    };
    try {
      await session.open();
      const result = await then(session);
      if (opening.cancelled !== undefined) throw opening.cancelled;
      return result;
    } catch (cause) {
      const error = toVoiceBridgeError(cause, 'internal', 'The session could not be opened');
      await session.close('failed', error);
      throw opening.cancelled ?? error;
    }
  }

  async #enter(session: LiveSession, joiner: Joiner): Promise<Joined> {
    const { media, name, role, moderates, named, subject, textLength, signal } = joiner;
    const { participants } = session;
    const place = placeOf(session, joiner);
    const participantId = place ?? this.#options.mintParticipantId();
    // A phone's place is known before its answer: whatever else comes by its credential meanwhile takes that over.
    if (joiner.ended !== undefined) participants.resumeTokens.of(participantId, subject);
    const profile = { participantId, name, role, moderator: moderates || subject === session.subject, textLength };
    const person = named ? { person: subject } : {};
    const answer = await session.join(media, { ...profile, ...person, resumes: place !== undefined }, signal);
    if (participants.has(participantId)) participants.admissions.watch(participantId, joiner);
    const resumeToken = participants.resumeTokens.of(participantId, subject);
    return { sessionId: session.options.sessionId, participantId, answer, resumeToken };
  }

  #forget(conversationId: string, slot: ConversationSlot, session: LiveSession): void {
    this.#owners.add(conversationId, session.options.sessionId, session.subject);
    if (slot.session === session) slot.session = undefined;
    this.#tidy(conversationId, slot);
  }

  #tidy(conversationId: string, slot: ConversationSlot): void {
    if (slot.isUnused && this.#slots.get(conversationId) === slot) this.#slots.delete(conversationId);
  }

  #closedError(reason: SessionCloseReason): VoiceBridgeError {
    return closedError(reason, undefined, undefined, this.#options.redact);
  }
}

function placeOf(session: LiveSession, { resumeToken, subject, ended }: Joiner): string | undefined {
  return session.participants.placeOf(resumeToken, subject, ended !== undefined);
}
