import type { TranscriptEntry } from '../protocol/control.ts';
import { MAX_TRANSCRIPT_ENTRIES, MAX_TRANSCRIPT_LENGTH } from '../protocol/transcript-limits.ts';

/** Longest line, in UTF-16 units: more than a model may say in one answer. What goes beyond is left out. */
export const MAX_LINE_LENGTH = 32_000;
/** Content parts of one line; text of further ones is left out. */
const MAX_PARTS = 64;

/** What changed for those who show the conversation. */
export type TranscriptEffect =
  /** An entry, new or changed, and the entry it stands after (null: first). */
  | { readonly type: 'transcript'; readonly entry: TranscriptEntry; readonly after: string | null }
  /** More text at the end of an entry. */
  | { readonly type: 'transcriptDelta'; readonly id: string; readonly delta: string };

interface Line {
  readonly role: 'user' | 'assistant';
  /** Text by content index. */
  readonly parts: readonly string[];
  readonly state: TranscriptEntry['state'];
  readonly responseId: string | undefined;
}

/** Who says a line, and in which response. */
export interface Speaker {
  readonly role: 'user' | 'assistant';
  readonly responseId?: string;
}

/** Every item in the order of the conversation, and the lines among them. */
export interface TranscriptState {
  readonly order: readonly string[];
  readonly lines: ReadonlyMap<string, Line>;
  /** Text of all lines together, in UTF-16 units. */
  readonly length: number;
  /** The last line that was forgotten: what comes first now stands after it. */
  readonly before: string | null;
}

/** The new state and what to tell. */
export interface TranscriptStep {
  readonly state: TranscriptState;
  readonly effects: readonly TranscriptEffect[];
}

/** A transcript without items. */
export const initialTranscript: TranscriptState = { order: [], lines: new Map(), length: 0, before: null };

/**
 * Gives an item its place: behind `previous`, at the front for null, at the end for undefined or an unknown item.
 * An item that has a place keeps it unless a known `previous` (or null) says otherwise.
 */
export function placeItem(state: TranscriptState, id: string, previous: string | null | undefined): TranscriptStep {
  const known = state.order.includes(id);
  const told = previous === null || (previous !== undefined && state.order.includes(previous));
  if (known && !told) return unchanged(state);
  const rest = known ? state.order.filter((other) => other !== id) : state.order;
  const index = told ? (previous === null ? 0 : rest.indexOf(previous ?? '') + 1) : rest.length;
  if (known && state.order[index] === id) return unchanged(state);
  const moved: TranscriptState = { ...state, order: [...rest.slice(0, index), id, ...rest.slice(index)] };
  const next = forgetOldest(moved);
  return { state: next, effects: known ? show(next, id) : [] };
}

/** Adds text at the end of one part of a line; a line that is over takes none. */
export function appendText(
  state: TranscriptState,
  id: string,
  speaker: Speaker,
  index: number,
  delta: string,
): TranscriptStep {
  const line = state.lines.get(id) ?? newLine(speaker);
  const added = delta.slice(0, MAX_LINE_LENGTH - lengthOf(line));
  if (added === '' || index >= MAX_PARTS || line.state !== 'partial') return unchanged(state);
  const part = line.parts[index] ?? '';
  const next = withLine(state, id, line, { ...line, parts: withPart(line.parts, index, part + added) });
  const isLast = !line.parts.some((text, other) => other > index && text !== '');
  // The line is not put together here: that would cost its whole length for every piece of it.
  if (isLast && lengthOf(line) > 0) {
    return { state: next, effects: [{ type: 'transcriptDelta', id, delta: part === '' ? `\n${added}` : added }] };
  }
  return { state: next, effects: show(next, id) };
}

/** Sets the whole text of one part of a line, and its state where one is given. Interrupted and failed lines stay so. */
export function setText(
  state: TranscriptState,
  id: string,
  speaker: Speaker,
  index: number,
  text: string,
  lineState?: 'final',
): TranscriptStep {
  const line = state.lines.get(id) ?? newLine(speaker);
  if (index >= MAX_PARTS) return unchanged(state);
  const over = line.state === 'interrupted' || line.state === 'failed';
  const others = lengthOf(line) - (line.parts[index] ?? '').length;
  const parts = withPart(line.parts, index, cut(text, MAX_LINE_LENGTH - others));
  return change(state, id, line, { ...line, parts, state: over ? line.state : (lineState ?? line.state) });
}

/** Ends a line. A final line can still be interrupted, as speech is written faster than it is spoken. */
export function endLine(
  state: TranscriptState,
  id: string,
  lineState: 'final' | 'interrupted' | 'failed',
): TranscriptStep {
  const line = state.lines.get(id);
  const allowed = line?.state === 'partial' || (line?.state === 'final' && lineState === 'interrupted');
  if (line === undefined || !allowed) return unchanged(state);
  return change(state, id, line, { ...line, state: lineState });
}

/** Notes that a user's speech could not be written down. */
export function failLine(state: TranscriptState, id: string, speaker: Speaker): TranscriptStep {
  const line = state.lines.get(id) ?? newLine(speaker);
  return change(state, id, line, { ...line, state: 'failed' });
}

/** Ends every line of a response that is still being written. */
export function endResponse(
  state: TranscriptState,
  responseId: string,
  lineState: 'final' | 'interrupted' | 'failed',
): TranscriptStep {
  let step = unchanged(state);
  for (const [id, line] of state.lines) {
    if (line.responseId !== responseId || line.state !== 'partial') continue;
    const next = endLine(step.state, id, lineState);
    step = { state: next.state, effects: [...step.effects, ...next.effects] };
  }
  return step;
}

/** Marks the last line of a response as cut while it was heard. */
export function interruptResponse(state: TranscriptState, responseId: string): TranscriptStep {
  const last = lastOf(state.order, (id) => state.lines.get(id)?.responseId === responseId);
  return last === undefined ? unchanged(state) : endLine(state, last, 'interrupted');
}

function unchanged(state: TranscriptState): TranscriptStep {
  return { state, effects: [] };
}

function newLine(speaker: Speaker): Line {
  return { role: speaker.role, parts: [], state: 'partial', responseId: speaker.responseId };
}

function withPart(parts: readonly string[], index: number, text: string): readonly string[] {
  const changed = [...parts];
  while (changed.length < index) changed.push('');
  changed[index] = text;
  return changed;
}

function textOf(line: Line): string {
  return line.parts.filter((part) => part !== '').join('\n');
}

function lengthOf(line: Line): number {
  return line.parts.reduce((sum, part) => sum + part.length, 0);
}

/** A copy, as a mere slice would keep the whole text alive. */
function cut(text: string, length: number): string {
  return text.length <= length ? text : text.slice(0, length).split('').join('');
}

function withLine(state: TranscriptState, id: string, before: Line, after: Line): TranscriptState {
  const order = state.order.includes(id) ? state.order : [...state.order, id];
  const lines = new Map(state.lines).set(id, after);
  return forgetOldest({ ...state, order, lines, length: state.length + lengthOf(after) - lengthOf(before) });
}

function change(state: TranscriptState, id: string, before: Line, after: Line): TranscriptStep {
  const next = withLine(state, id, before, after);
  const same = before.state === after.state && textOf(before) === textOf(after);
  return { state: next, effects: same ? [] : show(next, id) };
}

function isVisible(line: Line | undefined): line is Line {
  return line !== undefined && (textOf(line) !== '' || line.state === 'failed');
}

function show(state: TranscriptState, id: string): TranscriptEffect[] {
  const line = state.lines.get(id);
  if (!isVisible(line)) return [];
  const entry = { id, role: line.role, text: textOf(line), state: line.state };
  const earlier = state.order.slice(0, state.order.indexOf(id));
  const after = lastOf(earlier, (other) => isVisible(state.lines.get(other))) ?? state.before;
  return [{ type: 'transcript', entry, after }];
}

function lastOf(ids: readonly string[], matches: (id: string) => boolean): string | undefined {
  for (let index = ids.length - 1; index >= 0; index--) {
    const id = ids[index];
    if (id !== undefined && matches(id)) return id;
  }
  return undefined;
}

function forgetOldest(state: TranscriptState): TranscriptState {
  let { before, length } = state;
  let forgotten = 0;
  for (const oldest of state.order) {
    const kept = state.order.length - forgotten;
    if (kept <= MAX_TRANSCRIPT_ENTRIES && (length <= MAX_TRANSCRIPT_LENGTH || kept === 1)) break;
    const line = state.lines.get(oldest);
    if (isVisible(line)) before = oldest;
    if (line !== undefined) length -= lengthOf(line);
    forgotten++;
  }
  if (forgotten === 0) return state;
  const lines = new Map(state.lines);
  for (const id of state.order.slice(0, forgotten)) lines.delete(id);
  return { order: state.order.slice(forgotten), lines, length, before };
}
