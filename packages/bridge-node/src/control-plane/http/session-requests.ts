import { type Clock, type Parsed, type ParticipantRole, VoiceBridgeError } from '@voice-bridge/core';
import { type SessionWishes, sessionOptionsOf } from '../directory/session-options.ts';
import type { JoinMedia } from '../directory/session-participants.ts';
import type { Asker, Joiner, OpenRequest } from '../directory/session-requests.ts';
import { SubjectRates } from '../limits/subject-rates.ts';
import type { Settings } from '../settings.ts';
import type { Journal } from '../store/journal.ts';
import { ANONYMOUS, type Caller, type Identity, mayDo } from './identity.ts';
import { type Bind, isLoopbackBind } from './origin-policy.ts';
import type { Recheck } from './reauthorize.ts';

/** Says what is wrong with an offer, before anything is dialled for it. */
export type ValidateOffer = (sdp: string) => Parsed<unknown>;

/** Throws `invalid_offer` unless the offer can be served. */
export function checkOffer(validate: ValidateOffer, sdp: string): void {
  const offer = validate(sdp);
  if (!offer.ok) throw new VoiceBridgeError('invalid_offer', `The offer cannot be taken: ${offer.problem}`);
}

/** What an HTTP request for a session says, as the directory wants it. */
export interface WantedSession {
  readonly identity: Identity;
  readonly bind: Bind | undefined;
  readonly signal: AbortSignal;
  readonly conversationId: string;
  readonly wishes: SessionWishes;
  readonly renews: string | undefined;
  /** Whether nobody joins it yet. */
  readonly waits: boolean;
}

/** Who joins with an offer, or (null) is made one. */
export function offering(offer: string | null): JoinMedia {
  return { type: 'join', offer };
}

/** What requests for sessions are made of. */
export interface SessionRequestsOptions {
  readonly settings: Settings;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly mintSessionId: () => string;
}

/** Joins of one phone in a minute, and at once: of those of its session others are to have some left. */
const [PHONE_JOINS, PHONE_JOINS_AT_ONCE] = [10, 6];
const MAX_PHONES = 10_000;

/** Turns what people ask for over HTTP into what the directory takes. */
export class SessionRequests {
  readonly #options: SessionRequestsOptions;
  readonly #phoneJoins = new SubjectRates(PHONE_JOINS, PHONE_JOINS_AT_ONCE, MAX_PHONES);

  constructor(options: SessionRequestsOptions) {
    this.#options = options;
  }

  /** A session that is to be opened. */
  open(wanted: WantedSession): OpenRequest {
    const { settings, journal, mintSessionId } = this.#options;
    const { identity, conversationId, renews, signal, wishes, waits } = wanted;
    const { historyLines: lines, historyCharacters: characters } = settings.limits;
    return {
      conversationId,
      ...askerOf(identity),
      renews,
      signal,
      prepare: async () =>
        sessionOptionsOf(settings, {
          sessionId: mintSessionId(),
          conversationId,
          wishes,
          waits,
          loopback: isLoopbackBind(wanted.bind),
          history: await journal.history(conversationId, { lines, characters }),
        }),
    };
  }

  /** Somebody who wants in. Throws `rate_limited` for a phone that comes too often. */
  join(identity: Caller, person: JoiningPerson, signal: AbortSignal): Joiner {
    const ended = identity.phone?.ended;
    if (ended !== undefined) this.#phoneJoins.take(identity.subject, this.#options.clock.now());
    const { name = null, role = 'speaker', media, sessionId, resumeToken, recheck } = person;
    return {
      ...askerOf(identity),
      media,
      name,
      role,
      textLength: mayDo(identity, 'text') ? this.#options.settings.limits.textLength : 0,
      sessionId,
      resumeToken,
      recheck,
      // Whoever is refused while they wait for their answer does not get it.
      signal: ended === undefined ? signal : AbortSignal.any([signal, ended]),
      ended,
    };
  }
}

/** What a request says of who wants in. */
export interface JoiningPerson {
  readonly media: JoinMedia;
  readonly name?: string | undefined;
  readonly role?: ParticipantRole | undefined;
  readonly sessionId?: string | undefined;
  /** What they were given when they joined before. */
  readonly resumeToken?: string | undefined;
  /** Whether they may stay, asked every minute; undefined: nobody has to ask. */
  readonly recheck?: Recheck | undefined;
}

function askerOf(identity: Identity): Asker {
  return { subject: identity.subject, named: identity !== ANONYMOUS, moderates: mayDo(identity, 'moderate') };
}
