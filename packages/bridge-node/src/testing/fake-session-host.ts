import type { ErrorCode, ParticipantTransport, SessionCloseReason } from '@voice-bridge/core';
import type { JoinCommand, SessionCommand, SessionOptions } from '../seam/session-commands.ts';
import type { SessionEvent, SessionHandle, SessionHost, SessionStats } from '../seam/session-events.ts';

/** What a {@link FakeSessionHost} does by itself; everything by default. */
export interface FakeSessionHostOptions {
  /** `opened` (default) at once, nothing at all, or why the model cannot be had. */
  readonly model?: 'opens' | 'hangs' | { readonly code: ErrorCode; readonly message: string };
  /** Whether an offer is answered; default true. */
  readonly answers?: boolean;
  /** Whether an answered participant connects; default true. */
  readonly connects?: boolean;
  /** Whether `close` is followed by `closed`; default true. */
  readonly closes?: boolean;
}

/** One session of a {@link FakeSessionHost}: what it was told, and a way to make it tell things. */
export class FakeSession implements SessionHandle {
  readonly options: SessionOptions;
  /** Every command, oldest first. */
  readonly commands: SessionCommand[] = [];
  /** What it tells when it is asked. */
  stats: SessionStats = { model: [], participants: {} };
  readonly #host: FakeSessionHostOptions;
  readonly #onEvent: (event: SessionEvent) => void;
  readonly #present = new Set<string>();
  #closed = false;

  constructor(options: SessionOptions, host: FakeSessionHostOptions, onEvent: (event: SessionEvent) => void) {
    this.options = options;
    this.#host = host;
    this.#onEvent = onEvent;
  }

  /** True once `closed` was told. */
  get closed(): boolean {
    return this.#closed;
  }

  /** The commands of one type. */
  told<Type extends SessionCommand['type']>(type: Type): Extract<SessionCommand, { type: Type }>[] {
    return this.commands.filter((command): command is Extract<SessionCommand, { type: Type }> => command.type === type);
  }

  /** Tells the control plane something; nothing after `closed`. */
  emit(event: SessionEvent): void {
    if (this.#closed) return;
    this.#closed = event.type === 'closed';
    if (event.type === 'participantLeft') this.#present.delete(event.participantId);
    this.#onEvent(event);
  }

  /** Ends the session as if by itself. */
  end(reason: SessionCloseReason, code?: ErrorCode, message?: string): void {
    this.emit({
      type: 'closed',
      reason,
      ...(code === undefined ? {} : { code }),
      ...(message === undefined ? {} : { message }),
    });
  }

  send(command: SessionCommand): void {
    this.commands.push(command);
    if (command.type === 'join') this.#join(command);
    if (command.type === 'joinPcm') this.#joinPcm(command);
    if (command.type === 'answerJoin') this.#connect(command.participantId);
    if (command.type === 'reportStats') queueMicrotask(() => this.emit({ type: 'stats', stats: this.stats }));
    if (command.type === 'close' && this.#host.closes !== false) queueMicrotask(() => this.end(command.reason));
  }

  #join(join: Extract<SessionCommand, { type: 'join' }>): void {
    const { participantId, offer } = join;
    const { answers = true, connects = true } = this.#host;
    if (!answers) return;
    queueMicrotask(() => {
      this.emit({ type: 'joinAnswered', participantId, answer: `v=0\r\ns=answer to ${participantId}\r\n` });
      if (connects && offer !== null) this.#joined(join, 'webrtc');
    });
  }

  #joined({ participantId, name, role }: JoinCommand, transport: ParticipantTransport): void {
    const isResumed = this.#present.has(participantId);
    this.#present.add(participantId);
    if (isResumed) this.emit({ type: 'participantResumed', participantId, transport });
    else this.emit({ type: 'participantJoined', participantId, name, role, transport });
  }

  #connect(participantId: string): void {
    const join = this.told('join').find((command) => command.participantId === participantId);
    if (join === undefined || this.#host.connects === false) return;
    queueMicrotask(() => this.#joined(join, 'webrtc'));
  }

  #joinPcm(join: Extract<SessionCommand, { type: 'joinPcm' }>): void {
    if (this.#host.answers === false) return;
    queueMicrotask(() => {
      this.emit({ type: 'joinAnswered', participantId: join.participantId, answer: '' });
      this.#joined(join, 'websocket');
    });
  }
}

/** A {@link SessionHost} without media or model: records commands and tells what the test wants told. */
export class FakeSessionHost implements SessionHost {
  /** Every session that was opened, oldest first. */
  readonly sessions: FakeSession[] = [];
  readonly #options: FakeSessionHostOptions;

  constructor(options: FakeSessionHostOptions = {}) {
    this.#options = options;
  }

  /** Sessions that are not closed. */
  get live(): FakeSession[] {
    return this.sessions.filter((session) => !session.closed);
  }

  /** The session opened last. Throws `TypeError` when there is none. */
  get last(): FakeSession {
    const session = this.sessions.at(-1);
    if (session === undefined) throw new TypeError('No session was opened');
    return session;
  }

  open(options: SessionOptions, onEvent: (event: SessionEvent) => void): SessionHandle {
    const { model = 'opens' } = this.#options;
    const session = new FakeSession(options, this.#options, onEvent);
    this.sessions.push(session);
    queueMicrotask(() => {
      if (model === 'opens') session.emit({ type: 'opened' });
      else if (model !== 'hangs') session.end('failed', model.code, model.message);
    });
    return session;
  }

  async close(): Promise<void> {
    for (const session of this.live) session.end('shutting_down');
  }
}
