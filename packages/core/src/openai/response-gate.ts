/** After this long without an answer to a `response.create`, or without an end of an unseen response, the gate asks again. */
const GIVE_UP_MS = 10_000;
/** Responses whose tool calls are kept, and items one request waits for: far above any real number, as every step copies them. */
const MAX_KEPT = 256;

/** A wish that the model answers, with the items of ours that it must have seen to do so. */
interface Request {
  /** Items the server has not yet said it added. */
  readonly unseen: ReadonlySet<string>;
  /** Whether it is asked even while the user speaks. */
  readonly urgent: boolean;
}

/** Where the one response of the conversation stands. */
export type ResponseSlot =
  | { readonly name: 'free' }
  /** Our `response.create` is on its way. */
  | { readonly name: 'requested'; readonly eventId: string }
  | { readonly name: 'running'; readonly responseId: string }
  /** The server says that a response runs, and we have not seen it begin. */
  | { readonly name: 'blocked'; readonly since: number };

/** A `response.create` that the server may still refuse. */
interface Sent {
  readonly request: Request;
  readonly at: number;
}

/** The tool calls of one response. */
interface ToolCalls {
  readonly open: ReadonlySet<string>;
  readonly unseen: ReadonlySet<string>;
  /** Whether the response is over, so that no further call can come. */
  readonly ended: boolean;
}

/** What the gate remembers. */
export interface GateState {
  readonly slot: ResponseSlot;
  /** Everything that waits for a free slot, merged into one request. */
  readonly waiting: Request | undefined;
  /** What was sent and has not certainly been answered, by `event_id`, oldest first. */
  readonly sent: ReadonlyMap<string, Sent>;
  /** Unanswered tool calls, by response. */
  readonly calls: ReadonlyMap<string, ToolCalls>;
  readonly userSpeaking: boolean;
  readonly requestsMade: number;
}

/** What the gate is told. */
export type GateInput =
  /** Somebody wants an answer; `itemId` is the item it is about. */
  | { readonly type: 'ask'; readonly itemId: string; readonly urgent: boolean }
  | { readonly type: 'itemAdded'; readonly itemId: string }
  | { readonly type: 'responseCreated'; readonly responseId: string }
  /** `responseId` is undefined when the end could not be read. */
  | { readonly type: 'responseDone'; readonly responseId: string | undefined }
  /** The server refused a `response.create`; `active`: because a response runs. */
  | { readonly type: 'refused'; readonly eventId: string | undefined; readonly active: boolean }
  | { readonly type: 'toolCalled'; readonly responseId: string; readonly callId: string }
  | { readonly type: 'toolAnswered'; readonly callId: string; readonly itemId: string }
  | { readonly type: 'speech'; readonly speaking: boolean };

/** The new state, and the `event_id` of the `response.create` to send now, if any. */
export interface GateStep {
  readonly state: GateState;
  readonly create: string | undefined;
}

/** A gate before anything happened. */
export const initialGate: GateState = {
  slot: { name: 'free' },
  waiting: undefined,
  sent: new Map(),
  calls: new Map(),
  userSpeaking: false,
  requestsMade: 0,
};

/**
 * Lets one `response.create` be in flight at a time. What is asked while a response runs is merged and sent when it is
 * done; a refusal because another response runs puts the request back. The results of one response's tool calls lead to
 * one request, after the last of them. A response that began after the server had added a waiting request's items has
 * seen them, so that request is dropped. Tool results and announcements wait while the user speaks.
 */
export function stepGate(state: GateState, input: GateInput, now: number): GateStep {
  return flush(take(giveUpWaiting(state, now), input, now), now);
}

/** True while a tool call waits for its result. */
export function isCallOpen(state: GateState, callId: string): boolean {
  for (const calls of state.calls.values()) if (calls.open.has(callId)) return true;
  return false;
}

/** How many tool calls wait for their results. */
export function countOpenCalls(state: GateState): number {
  let count = 0;
  for (const calls of state.calls.values()) count += calls.open.size;
  return count;
}

/** True while a response runs, is asked for, or is going to be. */
export function isResponding(state: GateState): boolean {
  return state.slot.name !== 'free' || state.waiting !== undefined;
}

function giveUpWaiting(state: GateState, now: number): GateState {
  let next = state;
  if (next.slot.name === 'blocked' && now - next.slot.since > GIVE_UP_MS) next = { ...next, slot: { name: 'free' } };
  for (const [eventId, { request, at }] of state.sent) {
    if (now - at <= GIVE_UP_MS) continue;
    next = { ...next, sent: withoutKey(next.sent, eventId) };
    if (next.slot.name !== 'requested' || next.slot.eventId !== eventId) continue;
    next = { ...next, slot: { name: 'free' }, waiting: merge(next.waiting, request) };
  }
  return next;
}

function take(state: GateState, input: GateInput, now: number): GateState {
  switch (input.type) {
    case 'ask':
      return {
        ...state,
        waiting: merge(state.waiting, { unseen: new Set([input.itemId]), urgent: input.urgent }),
      };
    case 'itemAdded':
      return seen(state, input.itemId);
    case 'responseCreated':
      return created(state, input.responseId);
    case 'responseDone':
      return done(state, input.responseId);
    case 'refused':
      return refused(state, input.eventId, input.active, now);
    case 'toolCalled':
      return toolCalled(state, input.responseId, input.callId);
    case 'toolAnswered':
      return toolAnswered(state, input.callId, input.itemId);
    case 'speech':
      return { ...state, userSpeaking: input.speaking };
  }
}

function flush(state: GateState, now: number): GateStep {
  const { waiting } = state;
  if (state.slot.name !== 'free' || waiting === undefined || (state.userSpeaking && !waiting.urgent)) {
    return { state, create: undefined };
  }
  const eventId = `vb_response_${state.requestsMade + 1}`;
  return {
    state: {
      ...state,
      slot: { name: 'requested', eventId },
      waiting: undefined,
      sent: new Map(state.sent).set(eventId, { request: waiting, at: now }),
      requestsMade: state.requestsMade + 1,
    },
    create: eventId,
  };
}

function merge(first: Request | undefined, second: Request): Request {
  if (first === undefined) return second;
  const unseen = [...first.unseen, ...second.unseen];
  return { unseen: new Set(unseen.slice(-MAX_KEPT)), urgent: first.urgent || second.urgent };
}

function seen(state: GateState, itemId: string): GateState {
  const calls = new Map<string, ToolCalls>();
  for (const [id, group] of state.calls) calls.set(id, { ...group, unseen: without(group.unseen, itemId) });
  const sent = new Map<string, Sent>();
  for (const [id, one] of state.sent) sent.set(id, { ...one, request: see(one.request, itemId) });
  return { ...state, calls, sent, waiting: state.waiting && see(state.waiting, itemId) };
}

function see(request: Request, itemId: string): Request {
  return { ...request, unseen: without(request.unseen, itemId) };
}

function without(set: ReadonlySet<string>, value: string): ReadonlySet<string> {
  if (!set.has(value)) return set;
  const rest = new Set(set);
  rest.delete(value);
  return rest;
}

function withoutKey<Value>(map: ReadonlyMap<string, Value>, key: string): ReadonlyMap<string, Value> {
  const rest = new Map(map);
  rest.delete(key);
  return rest;
}

/**
 * Events come in the order in which the server did things, so a response that begins before our item was added is not
 * the answer to the request about that item: the request may yet be refused. One that begins later has seen the item.
 */
function created(state: GateState, responseId: string): GateState {
  const sent = new Map([...state.sent].filter(([, { request }]) => request.unseen.size > 0));
  const covered = state.waiting?.unseen.size === 0;
  return { ...state, slot: { name: 'running', responseId }, sent, waiting: covered ? undefined : state.waiting };
}

function done(state: GateState, responseId: string | undefined): GateState {
  const { slot } = state;
  const over =
    slot.name === 'blocked' ||
    (slot.name === 'running' && (responseId === undefined || slot.responseId === responseId));
  const endedId = responseId ?? (slot.name === 'running' ? slot.responseId : undefined);
  const next: GateState = over ? { ...state, slot: { name: 'free' } } : state;
  const group = endedId === undefined ? undefined : next.calls.get(endedId);
  if (endedId === undefined || group === undefined) return next;
  return settleCalls(next, endedId, { ...group, ended: true });
}

function refused(state: GateState, eventId: string | undefined, active: boolean, now: number): GateState {
  const [oldest] = state.sent.keys();
  const id = eventId ?? (active ? oldest : undefined);
  const refusal = id === undefined ? undefined : state.sent.get(id);
  if (id === undefined || refusal === undefined) return state;
  const ours = state.slot.name === 'requested' && state.slot.eventId === id;
  return {
    ...state,
    sent: withoutKey(state.sent, id),
    slot: ours ? (active ? { name: 'blocked', since: now } : { name: 'free' }) : state.slot,
    waiting: active ? merge(state.waiting, refusal.request) : state.waiting,
  };
}

function toolCalled(state: GateState, responseId: string, callId: string): GateState {
  const group = state.calls.get(responseId);
  const running = state.slot.name === 'running' && state.slot.responseId === responseId;
  const calls = new Map(state.calls);
  calls.set(responseId, {
    open: new Set(group?.open).add(callId),
    unseen: group?.unseen ?? new Set(),
    ended: !running,
  });
  // A server that never ends its responses must not fill the memory.
  for (const [id, { open }] of calls) if (calls.size > MAX_KEPT && open.size === 0) calls.delete(id);
  return { ...state, calls };
}

function toolAnswered(state: GateState, callId: string, itemId: string): GateState {
  for (const [responseId, group] of state.calls) {
    if (!group.open.has(callId)) continue;
    const unseen = new Set(group.unseen).add(itemId);
    return settleCalls(state, responseId, { ...group, open: without(group.open, callId), unseen });
  }
  return state;
}

function settleCalls(state: GateState, responseId: string, group: ToolCalls): GateState {
  const calls = new Map(state.calls);
  if (group.open.size > 0 || !group.ended) {
    calls.set(responseId, group);
    return { ...state, calls };
  }
  calls.delete(responseId);
  return { ...state, calls, waiting: merge(state.waiting, { unseen: group.unseen, urgent: false }) };
}
