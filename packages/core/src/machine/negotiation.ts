import { VoiceBridgeError } from '../errors.ts';
import type { Step } from './machine.ts';

/** Where one exchange of offer and answer stands. Deadlines are on the clock's line, in ms. */
export type NegotiationState =
  | { readonly name: 'validating'; readonly needsModel: boolean; readonly deadline: number }
  | { readonly name: 'diallingModel'; readonly deadline: number }
  /** `dialled`: the model leg was opened for this exchange, and goes with it when it fails. */
  | { readonly name: 'answering'; readonly dialled: boolean; readonly deadline: number }
  /** The answer is out; the participant has not connected yet. */
  | { readonly name: 'connecting'; readonly dialled: boolean; readonly deadline: number }
  | { readonly name: 'connected' }
  | { readonly name: 'closed'; readonly error: VoiceBridgeError | undefined };

/** What an exchange is told. */
export type NegotiationInput =
  | { readonly type: 'offerValid' }
  | { readonly type: 'modelReady' }
  | { readonly type: 'answered'; readonly sdp: string }
  | { readonly type: 'mediaConnected' }
  /** Whatever was going on failed. */
  | { readonly type: 'failed'; readonly error: VoiceBridgeError }
  /** Nobody wants it any more. */
  | { readonly type: 'close' }
  | { readonly type: 'tick' };

/** What an exchange wants done. Exactly one of `sendAnswer` and `refuse` comes, unless it is closed first. */
export type NegotiationEffect =
  | { readonly type: 'validateOffer' }
  | { readonly type: 'dialModel' }
  | { readonly type: 'answerOffer' }
  | { readonly type: 'sendAnswer'; readonly sdp: string }
  | { readonly type: 'refuse'; readonly error: VoiceBridgeError }
  | { readonly type: 'hangUpModel' }
  | { readonly type: 'closeMedia' };

/** How long each part of an exchange may take, in ms. */
export interface NegotiationPolicy {
  readonly validateMs: number;
  readonly dialMs: number;
  readonly answerMs: number;
  /** From the answer to a connected participant. */
  readonly connectMs: number;
}

/** 2 s to check the offer, 15 s to dial, 5 s to answer, 15 s to connect. */
export const defaultNegotiationPolicy: NegotiationPolicy = {
  validateMs: 2_000,
  dialMs: 15_000,
  answerMs: 5_000,
  connectMs: 15_000,
};

type NegotiationStep = Step<NegotiationState, NegotiationEffect>;

/** Begins an exchange: the offer is checked in full before anything is dialled. `needsModel`: no model leg is up yet. */
export function startNegotiation(needsModel: boolean, now: number, policy: NegotiationPolicy): NegotiationStep {
  return {
    state: { name: 'validating', needsModel, deadline: now + policy.validateMs },
    effects: [{ type: 'validateOffer' }],
  };
}

/** One step of an exchange: offer checked, model leg connected, offer answered, participant connected. */
export function stepNegotiation(
  state: NegotiationState,
  input: NegotiationInput,
  now: number,
  policy: NegotiationPolicy,
): NegotiationStep {
  if (state.name === 'closed') return stay(state);
  switch (input.type) {
    case 'close':
      return close(state, undefined);
    case 'failed':
      return close(state, input.error);
    case 'tick':
      return 'deadline' in state && now >= state.deadline ? close(state, timeoutOf(state)) : stay(state);
    case 'offerValid':
      return state.name === 'validating' ? validated(state.needsModel, now, policy) : stay(state);
    case 'modelReady':
      return state.name === 'diallingModel' ? answering(true, now, policy) : stay(state);
    case 'answered':
      if (state.name !== 'answering') return stay(state);
      return {
        state: { name: 'connecting', dialled: state.dialled, deadline: now + policy.connectMs },
        effects: [{ type: 'sendAnswer', sdp: input.sdp }],
      };
    case 'mediaConnected':
      return stay(state.name === 'connecting' ? { name: 'connected' } : state);
  }
}

/** When the state wants a `tick`. */
export function negotiationWakeAt(state: NegotiationState): number | undefined {
  return 'deadline' in state ? state.deadline : undefined;
}

function stay(state: NegotiationState): NegotiationStep {
  return { state, effects: [] };
}

function validated(needsModel: boolean, now: number, policy: NegotiationPolicy): NegotiationStep {
  if (!needsModel) return answering(false, now, policy);
  return { state: { name: 'diallingModel', deadline: now + policy.dialMs }, effects: [{ type: 'dialModel' }] };
}

function answering(dialled: boolean, now: number, policy: NegotiationPolicy): NegotiationStep {
  return {
    state: { name: 'answering', dialled, deadline: now + policy.answerMs },
    effects: [{ type: 'answerOffer' }],
  };
}

function close(
  state: Exclude<NegotiationState, { name: 'closed' }>,
  error: VoiceBridgeError | undefined,
): NegotiationStep {
  const effects: NegotiationEffect[] = [];
  const answered = state.name === 'connecting' || state.name === 'connected';
  if (!answered && error !== undefined) effects.push({ type: 'refuse', error });
  if (answered || state.name === 'answering') effects.push({ type: 'closeMedia' });
  const dialled = state.name === 'diallingModel' || ('dialled' in state && state.dialled);
  if (dialled) effects.push({ type: 'hangUpModel' });
  return { state: { name: 'closed', error }, effects };
}

function timeoutOf(state: NegotiationState): VoiceBridgeError {
  switch (state.name) {
    case 'validating':
      return new VoiceBridgeError('invalid_offer', 'The offer could not be checked in time');
    case 'diallingModel':
      return new VoiceBridgeError('model_unreachable', 'The speech model did not answer in time');
    case 'answering':
      return new VoiceBridgeError('internal', 'The offer could not be answered in time');
    default:
      return new VoiceBridgeError('connect_timeout', 'The participant did not connect in time');
  }
}
