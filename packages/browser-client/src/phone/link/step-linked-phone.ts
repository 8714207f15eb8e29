import type { Step } from '@voice-bridge/core';

/** How long the desktop waits for what, in ms. */
export const LINK_TIMES = {
  /** For a connection, from its offer. */
  connectMs: 10_000,
  /** For a sign of life of a phone whose signaling came or went: it may be another page by now. */
  probeMs: 1_000,
  /** For a broken path to heal or to be renewed. */
  healMs: 6_000,
  /** Between attempts, at first; doubles up to `maxRetryMs`. */
  retryMs: 1_000,
  maxRetryMs: 30_000,
} as const;

/** The connection to one phone; `id` numbers them. Times in ms. */
export type LinkedConnection =
  | { readonly name: 'none' }
  | { readonly name: 'pausing'; readonly retryAt: number }
  | { readonly name: 'connecting' | 'probing' | 'broken'; readonly id: number; readonly deadline: number }
  | { readonly name: 'connected'; readonly id: number };

/** What the desktop knows of one phone. */
export interface LinkedPhoneState {
  /** Whether its signaling is there. */
  readonly present: boolean;
  readonly connection: LinkedConnection;
  /** Connections so far. */
  readonly dials: number;
  /** Connections in a row that did not come up. */
  readonly failures: number;
  readonly wasConnected: boolean;
}

/** What can happen to it. What belongs to a connection carries its number, so that news of an old one changes nothing. */
export type LinkedPhoneInput =
  | { readonly type: 'joined' | 'left' | 'close' | 'tick' }
  | { readonly type: 'connected' | 'disconnected' | 'failed' | 'heard' | 'bye'; readonly id: number };

/** What is to be done, in order. */
export type LinkedPhoneEffect =
  /** Opens a connection and offers it. */
  | { readonly type: 'dial'; readonly id: number }
  /** Offers a new path for the same connection. */
  | { readonly type: 'renew'; readonly id: number }
  /** Asks for a sign of life. */
  | { readonly type: 'probe'; readonly id: number }
  | { readonly type: 'hangUp'; readonly id: number };

type LinkedPhoneStep = Step<LinkedPhoneState, LinkedPhoneEffect>;

/** A phone nobody has heard of. */
export const UNKNOWN_PHONE: LinkedPhoneState = {
  present: false,
  connection: { name: 'none' },
  dials: 0,
  failures: 0,
  wasConnected: false,
};

/** Decides what the desktop does about one phone. Pure: time is an argument. Only the desktop offers, so that offers never cross. */
export function stepLinkedPhone(state: LinkedPhoneState, input: LinkedPhoneInput, now: number): LinkedPhoneStep {
  const { connection } = state;
  switch (input.type) {
    case 'joined':
      return joined({ ...state, present: true }, now);
    case 'left':
      return left({ ...state, present: false }, now);
    case 'close':
      return { state: { ...state, connection: { name: 'none' } }, effects: hangUp(connection) };
    case 'tick':
      return tick(state, now);
    default:
      if (!('id' in connection) || connection.id !== input.id) return stay(state);
      return stepConnection(state, connection, input.type, now);
  }
}

/** When the state wants a `tick`. */
export function linkedPhoneWakeAt({ connection }: LinkedPhoneState): number | undefined {
  if (connection.name === 'pausing') return connection.retryAt;
  return 'deadline' in connection ? connection.deadline : undefined;
}

type Running = Extract<LinkedConnection, { id: number }>;

function stepConnection(
  state: LinkedPhoneState,
  connection: Running,
  input: Extract<LinkedPhoneInput, { id: number }>['type'],
  now: number,
): LinkedPhoneStep {
  const { id } = connection;
  switch (input) {
    case 'connected':
      return stay({ ...state, connection: { name: 'connected', id }, failures: 0, wasConnected: true });
    case 'heard':
      return connection.name === 'probing' || connection.name === 'broken'
        ? stay({ ...state, connection: { name: 'connected', id } })
        : stay(state);
    case 'disconnected': {
      if (connection.name === 'connecting' || connection.name === 'broken') return stay(state);
      const broken: LinkedConnection = { name: 'broken', id, deadline: now + LINK_TIMES.healMs };
      return { state: { ...state, connection: broken }, effects: state.present ? [{ type: 'renew', id }] : [] };
    }
    case 'failed':
      return lost(state, connection, now);
    case 'bye':
      return { state: { ...state, connection: { name: 'none' } }, effects: hangUp(connection) };
  }
}

function joined(state: LinkedPhoneState, now: number): LinkedPhoneStep {
  const { connection } = state;
  switch (connection.name) {
    case 'connected':
      return probe(state, connection.id, now);
    case 'probing':
      return stay(state);
    default:
      // It waits for an offer: an earlier one went to the page it was before.
      return dial({ ...state, failures: 0 }, now);
  }
}

function left(state: LinkedPhoneState, now: number): LinkedPhoneStep {
  const { connection } = state;
  switch (connection.name) {
    case 'connected':
      return probe(state, connection.id, now);
    case 'connecting':
    case 'pausing':
      return { state: { ...state, connection: { name: 'none' } }, effects: hangUp(connection) };
    default:
      return stay(state);
  }
}

function tick(state: LinkedPhoneState, now: number): LinkedPhoneStep {
  const { connection } = state;
  const due = linkedPhoneWakeAt(state);
  if (due === undefined || now < due) return stay(state);
  if (connection.name === 'connecting') return lost(state, connection, now);
  if (state.present) return dial(state, now);
  return { state: { ...state, connection: { name: 'none' } }, effects: hangUp(connection) };
}

function probe(state: LinkedPhoneState, id: number, now: number): LinkedPhoneStep {
  const connection: LinkedConnection = { name: 'probing', id, deadline: now + LINK_TIMES.probeMs };
  return { state: { ...state, connection }, effects: [{ type: 'probe', id }] };
}

function dial(state: LinkedPhoneState, now: number): LinkedPhoneStep {
  const id = state.dials + 1;
  const connection: LinkedConnection = { name: 'connecting', id, deadline: now + LINK_TIMES.connectMs };
  return { state: { ...state, connection, dials: id }, effects: [...hangUp(state.connection), { type: 'dial', id }] };
}

function lost(state: LinkedPhoneState, connection: Running, now: number): LinkedPhoneStep {
  const failures = state.failures + 1;
  const waitMs = Math.min(LINK_TIMES.maxRetryMs, LINK_TIMES.retryMs * 2 ** state.failures);
  const next: LinkedConnection = state.present ? { name: 'pausing', retryAt: now + waitMs } : { name: 'none' };
  return { state: { ...state, connection: next, failures }, effects: hangUp(connection) };
}

function hangUp(connection: LinkedConnection): readonly LinkedPhoneEffect[] {
  return 'id' in connection ? [{ type: 'hangUp', id: connection.id }] : [];
}

function stay(state: LinkedPhoneState): LinkedPhoneStep {
  return { state, effects: [] };
}
