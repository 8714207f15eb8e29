import {
  type CancelTimer,
  type Clock,
  type ParticipantRole,
  type ParticipantTransport,
  toVoiceBridgeError,
  VoiceBridgeError,
} from '@voice-bridge/core';
import type { AudioPort } from '../../seam/audio-port.ts';
import type { JoinProfile, SessionCommand } from '../../seam/session-commands.ts';
import type { SessionEvent } from '../../seam/session-events.ts';
import type { Limits } from '../limits/limits.ts';
import { Rate } from '../limits/rate.ts';
import type { Redact } from '../redact.ts';
import { AdmissionWatch } from './admission-watch.ts';
import { type Deferred, deferred } from './deferred.ts';
import { ResumeTokens } from './resume-tokens.ts';
import { plain } from './session-errors.ts';

/** One connected participant as an application sees it. */
export interface Participant {
  readonly participantId: string;
  readonly name: string | null;
  readonly role: ParticipantRole;
  readonly transport: ParticipantTransport;
  readonly muted: boolean;
  /** Factor on its samples, 0 to 4. */
  readonly gain: number;
}

/** What may be changed of a participant; what is left out stays. */
export type ParticipantSettings = Partial<Pick<Participant, 'muted' | 'gain' | 'role'>>;

/** How somebody comes in: with an offer that is to be answered, with one of ours (null) that they answer, or over a line of PCM. */
export type JoinMedia =
  | { readonly type: 'join'; readonly offer: string | null }
  | { readonly type: 'joinPcm'; readonly port: AudioPort };

/** What {@link SessionParticipants} go by. */
export interface SessionParticipantsOptions {
  readonly clock: Clock;
  readonly limits: Limits;
  readonly redact: Redact;
  /** From a participant's answer to its connection, in ms. */
  readonly connectTimeoutMs: number;
  readonly send: (command: SessionCommand) => void;
  /** Makes what a participant shows when it comes back. */
  readonly mintResumeToken: () => string;
  /** Somebody who was answered did not come, and nobody else is there or on the way. */
  readonly onNobodyCame: () => void;
}

const JOINS_BEYOND = 10;
const CHANGES_AT_ONCE = 30;
const MAX_RESUME_TOKENS = 1_000;

/** Who is in a session, who is on the way, and for how long they may be. */
export class SessionParticipants {
  /** Of everybody who is or was in the session. */
  readonly resumeTokens: ResumeTokens;
  /** Who of them has to be asked for again. */
  readonly admissions: AdmissionWatch;
  readonly #options: SessionParticipantsOptions;
  readonly #joins = new Map<string, Deferred<string>>();
  readonly #connecting = new Map<string, CancelTimer>();
  readonly #joined = new Map<string, Participant>();
  readonly #joinRate: Rate;
  readonly #changeRate: Rate;

  constructor(options: SessionParticipantsOptions) {
    this.#options = options;
    const { limits, clock, mintResumeToken } = options;
    this.resumeTokens = new ResumeTokens(mintResumeToken, MAX_RESUME_TOKENS);
    const onRefused = (participantId: string, error: unknown) => this.#revoke(participantId, error);
    this.admissions = new AdmissionWatch({ clock, onRefused });
    this.#joinRate = new Rate(limits.joinsPerMinute, limits.participants + JOINS_BEYOND, clock.now());
    this.#changeRate = new Rate(limits.changesPerMinute, CHANGES_AT_ONCE, clock.now());
  }

  /** Those who are connected. */
  get list(): Participant[] {
    return [...this.#joined.values()];
  }

  /** The only one who is connected; undefined when there is none, or more than one. */
  get only(): string | undefined {
    const [first, second] = this.#joined.keys();
    return second === undefined ? first : undefined;
  }

  /** Whether somebody is connected, or was answered and is on the way. */
  has(participantId: string): boolean {
    return this.#joined.has(participantId) || this.#connecting.has(participantId);
  }

  /** Whether {@link has}, and whether it is the subject's. */
  isOf(participantId: string, subject: string): boolean {
    return this.has(participantId) && this.resumeTokens.isOf(participantId, subject);
  }

  /**
   * Whose place somebody takes: the one they show to have had, and a phone before all the one it has or is on the way to, as it
   * is in a session once. Undefined for a new one.
   */
  placeOf(resumeToken: string | undefined, subject: string, isPhone: boolean): string | undefined {
    const held = isPhone
      ? this.resumeTokens.participantsOf(subject).find((each) => this.has(each) || this.#joins.has(each))
      : undefined;
    return held ?? this.resumeTokens.participantOf(resumeToken, subject);
  }

  /** Hands over the answer of somebody who was made an offer. */
  answer(participantId: string, answer: string): void {
    this.#options.send({ type: 'answerJoin', participantId, answer });
  }

  /**
   * Lets somebody in; resolves with the answer to their offer or our own offer, empty for PCM. Rejects when they are refused, when there are too many of
   * them, when it takes too long, or when `signal` fires.
   */
  async join(media: JoinMedia, profile: JoinProfile, signal?: AbortSignal): Promise<string> {
    const { clock, limits, send, connectTimeoutMs } = this.#options;
    const { participantId } = profile;
    const others = new Set([...this.#joined.keys(), ...this.#connecting.keys(), ...this.#joins.keys()]);
    others.delete(participantId);
    if (others.size >= limits.participants) throw new VoiceBridgeError('too_many_participants', 'The session is full');
    const join = deferred<string>();
    const giveUp = (error: VoiceBridgeError) => {
      // Who came back meanwhile is not to go with it.
      if (this.#joins.get(participantId) !== join) return;
      send({ type: 'removeParticipant', participantId });
      this.#refuse(participantId, error);
    };
    const abort = () => giveUp(new VoiceBridgeError('aborted', 'The client gave up'));
    this.#joinRate.take(clock.now());
    this.#refuse(participantId, new VoiceBridgeError('aborted', 'The client came back by another connection'));
    this.#stopConnecting(participantId);
    this.#joins.set(participantId, join);
    const cancelGuard = clock.after(connectTimeoutMs, () =>
      giveUp(new VoiceBridgeError('connect_timeout', 'The offer was not answered in time')),
    );
    const settled = () => {
      cancelGuard();
      signal?.removeEventListener('abort', abort);
    };
    join.promise.then(settled, settled);
    send({ ...media, ...profile });
    signal?.addEventListener('abort', abort, { once: true });
    if (signal?.aborted) abort();
    return join.promise;
  }

  /** Changes a participant; false when it is not connected. Throws `rate_limited` when there was too much of it. */
  set(participantId: string, settings: ParticipantSettings): boolean {
    if (!this.#joined.has(participantId)) return false;
    this.#changeRate.take(this.#options.clock.now());
    this.#options.send({ type: 'setParticipant', participantId, ...settings });
    return true;
  }

  /** Takes a participant out; false when it is not connected. Throws `rate_limited` when there was too much of it. */
  remove(participantId: string): boolean {
    if (!this.#joined.has(participantId)) return false;
    this.#changeRate.take(this.#options.clock.now());
    this.#options.send({ type: 'removeParticipant', participantId });
    return true;
  }

  /** What the media plane tells of them. */
  take(event: SessionEvent): void {
    switch (event.type) {
      case 'joinAnswered':
        this.#answered(event.participantId, event.answer);
        return;
      case 'joinRefused':
        this.#refuse(event.participantId, new VoiceBridgeError(event.code, plain(event.message, this.#options.redact)));
        return;
      case 'participantJoined': {
        const { participantId, name, role, transport } = event;
        this.#joined.set(participantId, { participantId, name, role, transport, muted: false, gain: 1 });
        this.#stopConnecting(participantId);
        return;
      }
      case 'participantChanged': {
        const { participantId, muted, gain, role } = event;
        const before = this.#joined.get(participantId);
        if (before !== undefined) this.#joined.set(participantId, { ...before, muted, gain, role });
        return;
      }
      case 'participantResumed': {
        const { participantId, transport } = event;
        const before = this.#joined.get(participantId);
        if (before !== undefined) this.#joined.set(participantId, { ...before, transport });
        this.#stopConnecting(participantId);
        return;
      }
      case 'joinEnded':
        this.#stopConnecting(event.participantId);
        this.admissions.forget(event.participantId);
        return;
      case 'participantLeft':
        this.#joined.delete(event.participantId);
        this.#stopConnecting(event.participantId);
        this.admissions.forget(event.participantId);
        if (event.reason === 'kicked') this.resumeTokens.revoke(event.participantId);
        return;
      default:
        return;
    }
  }

  /** The session ends: whoever is on the way is told so. */
  stop(error: VoiceBridgeError): void {
    this.admissions.stop();
    for (const cancel of this.#connecting.values()) cancel();
    this.#connecting.clear();
    for (const join of this.#joins.values()) join.reject(error);
    this.#joins.clear();
  }

  #answered(participantId: string, answer: string): void {
    const join = this.#joins.get(participantId);
    if (join === undefined) {
      this.#options.send({ type: 'removeParticipant', participantId });
      return;
    }
    this.#joins.delete(participantId);
    this.#watchConnecting(participantId);
    join.resolve(answer);
  }

  #refuse(participantId: string, error: VoiceBridgeError): void {
    this.#joins.get(participantId)?.reject(error);
    this.#joins.delete(participantId);
  }

  #revoke(participantId: string, cause: unknown): void {
    const { code } = toVoiceBridgeError(cause, 'unauthorized', 'Who you are could not be established');
    this.#options.send({ type: 'removeParticipant', participantId, code });
  }

  #watchConnecting(participantId: string): void {
    const { clock, connectTimeoutMs, send, onNobodyCame } = this.#options;
    const cancel = clock.after(connectTimeoutMs, () => {
      this.#connecting.delete(participantId);
      if (this.#joined.size + this.#connecting.size + this.#joins.size === 0) onNobodyCame();
      send({ type: 'removeParticipant', participantId });
    });
    this.#connecting.set(participantId, cancel);
  }

  #stopConnecting(participantId: string): void {
    this.#connecting.get(participantId)?.();
    this.#connecting.delete(participantId);
  }
}
