import { VoiceBridgeError } from '../errors.ts';
import { type Backoff, backoffDelay, defaultBackoff } from './backoff.ts';
import type { Step } from './machine.ts';

/** Where a client's connection is in its life. Times are on the clock's line, in ms; `dial` numbers the attempts of all time. */
export type ConnectionState =
  | { readonly name: 'idle'; readonly dial: number }
  | { readonly name: 'connecting'; readonly dial: number; readonly deadline: number }
  /** `attempt` counts the redials that led here, until the connection has proved stable. */
  | { readonly name: 'connected'; readonly dial: number; readonly since: number; readonly attempt: number }
  | {
      readonly name: 'reconnecting';
      readonly phase: 'waiting';
      readonly dial: number;
      readonly attempt: number;
      readonly retryAt: number;
      readonly error: VoiceBridgeError;
    }
  | {
      readonly name: 'reconnecting';
      readonly phase: 'dialling';
      readonly dial: number;
      readonly attempt: number;
      readonly deadline: number;
      readonly error: VoiceBridgeError;
    }
  | { readonly name: 'closed'; readonly dial: number }
  | { readonly name: 'failed'; readonly dial: number; readonly error: VoiceBridgeError };

/** What a connection is told. What belongs to a dial carries its number, so that news of an old one changes nothing. */
export type ConnectionInput =
  | { readonly type: 'connect' }
  | { readonly type: 'disconnect' }
  | { readonly type: 'dialled'; readonly dial: number }
  /** The dial failed or the connection broke. */
  | { readonly type: 'lost'; readonly dial: number; readonly error: VoiceBridgeError }
  /** The other side ended the session on purpose: `error` says why, none means a plain end. */
  | { readonly type: 'ended'; readonly dial: number; readonly error: VoiceBridgeError | undefined }
  /** The network came back: no reason to wait any longer. */
  | { readonly type: 'retryNow' }
  | { readonly type: 'tick' };

/** What a connection wants done. */
export type ConnectionEffect =
  | { readonly type: 'dial'; readonly dial: number; readonly resume: boolean }
  /** Frees whatever this dial opened, whether or not it got through. */
  | { readonly type: 'hangUp'; readonly dial: number };

/** How long a client tries. */
export interface ReconnectPolicy {
  /** From a dial to connected. */
  readonly dialTimeoutMs: number;
  /** Redials in a row before it gives up; 0 for none. */
  readonly maxRedials: number;
  /** A connection that lasted this long starts counting afresh. */
  readonly stableMs: number;
  readonly backoff: Backoff;
}

/** 15 s per dial, 8 redials in a row (about 20 s of waiting at most on average), stable after 10 s. */
export const defaultReconnectPolicy: ReconnectPolicy = {
  dialTimeoutMs: 15_000,
  maxRedials: 8,
  stableMs: 10_000,
  backoff: defaultBackoff,
};

/** A connection nobody has asked for yet. */
export const idleConnection: ConnectionState = { name: 'idle', dial: 0 };

type ConnectionStep = Step<ConnectionState, ConnectionEffect>;

/**
 * One step of a client's connection. The first dial is tried once, as somebody waits for it; a connection that breaks is
 * redialled with growing waits as long as the error is retryable. `random` is from 0 to 1.
 */
export function stepConnection(
  state: ConnectionState,
  input: ConnectionInput,
  now: number,
  policy: ReconnectPolicy,
  random: number,
): ConnectionStep {
  switch (input.type) {
    case 'connect':
      return connect(state, now, policy);
    case 'disconnect':
      return disconnect(state);
    case 'tick':
      return tick(state, now, policy, random);
    case 'retryNow':
      return isWaiting(state) ? redial(state, now, policy) : stay(state);
    default:
      if (!isOpen(state) || input.dial !== state.dial) return stay(state);
      if (input.type === 'dialled') return dialled(state, now);
      if (input.type === 'ended') return end(state, input.error);
      return lost(state, input.error, now, policy, random);
  }
}

/** When the state wants a `tick`: the end of a dial or of a wait. */
export function connectionWakeAt(state: ConnectionState): number | undefined {
  if (state.name === 'connecting') return state.deadline;
  if (state.name !== 'reconnecting') return undefined;
  return state.phase === 'waiting' ? state.retryAt : state.deadline;
}

type WaitingState = Extract<ConnectionState, { phase: 'waiting' }>;
type DiallingState = Extract<ConnectionState, { deadline: number }>;
type OpenState = DiallingState | Extract<ConnectionState, { name: 'connected' }>;

function isWaiting(state: ConnectionState): state is WaitingState {
  return state.name === 'reconnecting' && state.phase === 'waiting';
}

function isDialling(state: ConnectionState): state is DiallingState {
  return state.name === 'connecting' || (state.name === 'reconnecting' && state.phase === 'dialling');
}

function isOpen(state: ConnectionState): state is OpenState {
  return state.name === 'connected' || isDialling(state);
}

function stay(state: ConnectionState): ConnectionStep {
  return { state, effects: [] };
}

function connect(state: ConnectionState, now: number, policy: ReconnectPolicy): ConnectionStep {
  if (isOpen(state) || isWaiting(state)) return stay(state);
  const dial = state.dial + 1;
  return {
    state: { name: 'connecting', dial, deadline: now + policy.dialTimeoutMs },
    effects: [{ type: 'dial', dial, resume: false }],
  };
}

function disconnect(state: ConnectionState): ConnectionStep {
  if (state.name === 'closed') return stay(state);
  return {
    state: { name: 'closed', dial: state.dial },
    effects: isOpen(state) ? [{ type: 'hangUp', dial: state.dial }] : [],
  };
}

function tick(state: ConnectionState, now: number, policy: ReconnectPolicy, random: number): ConnectionStep {
  if (isWaiting(state)) return now < state.retryAt ? stay(state) : redial(state, now, policy);
  if (!isDialling(state) || now < state.deadline) return stay(state);
  const error = new VoiceBridgeError('connect_timeout', `Not connected within ${policy.dialTimeoutMs / 1_000} s`, {
    hint: 'Check the network and try again.',
  });
  return lost(state, error, now, policy, random);
}

function redial(state: WaitingState, now: number, policy: ReconnectPolicy): ConnectionStep {
  const dial = state.dial + 1;
  const { attempt, error } = state;
  return {
    state: { name: 'reconnecting', phase: 'dialling', dial, attempt, deadline: now + policy.dialTimeoutMs, error },
    effects: [{ type: 'dial', dial, resume: true }],
  };
}

function dialled(state: OpenState, now: number): ConnectionStep {
  if (state.name === 'connected') return stay(state);
  const attempt = state.name === 'reconnecting' ? state.attempt : 0;
  return stay({ name: 'connected', dial: state.dial, since: now, attempt });
}

function end(state: OpenState, error: VoiceBridgeError | undefined): ConnectionStep {
  const { dial } = state;
  const next: ConnectionState = error === undefined ? { name: 'closed', dial } : { name: 'failed', dial, error };
  return { state: next, effects: [{ type: 'hangUp', dial }] };
}

function lost(
  state: OpenState,
  error: VoiceBridgeError,
  now: number,
  policy: ReconnectPolicy,
  random: number,
): ConnectionStep {
  const { dial } = state;
  const attempt = nextAttempt(state, now, policy);
  if (state.name === 'connecting' || !error.retryable || attempt > policy.maxRedials) return end(state, error);
  const retryAt = now + backoffDelay(attempt, policy.backoff, random);
  return {
    state: { name: 'reconnecting', phase: 'waiting', dial, attempt, retryAt, error },
    effects: [{ type: 'hangUp', dial }],
  };
}

function nextAttempt(state: OpenState, now: number, policy: ReconnectPolicy): number {
  if (state.name === 'connecting') return 1;
  const stable = state.name === 'connected' && now - state.since >= policy.stableMs;
  return stable ? 1 : state.attempt + 1;
}
