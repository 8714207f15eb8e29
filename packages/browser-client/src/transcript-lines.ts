import type { TranscriptLine } from './voice-client.ts';

type Lines = readonly TranscriptLine[];

/** Names the typed lines that only this client knows of. */
const TYPED_PREFIX = 'typed_';
/** Names the lines of earlier sessions. */
const PAST_PREFIX = 'past_';
const MAX_PAST_LINES = 500;

/** The id of the `count`th line typed here. */
export function typedLineId(count: number): string {
  return `${TYPED_PREFIX}${count}`;
}

/** Adds a pending line at the end; a failed line with the same text makes room for it. */
export function addTypedLine(lines: Lines, id: string, text: string): Lines {
  const rest = lines.filter((line) => !(isTyped(line) && line.state === 'failed' && line.text === text));
  return [...rest, { id, role: 'user', text, state: 'pending' }];
}

/** Marks one pending line, or all of them, as failed; gives the same array when there is none. */
export function failTypedLines(lines: Lines, id?: string): Lines {
  const matches = (line: TranscriptLine) => line.state === 'pending' && (id === undefined || line.id === id);
  if (!lines.some(matches)) return lines;
  return lines.map((line) => (matches(line) ? { ...line, state: 'failed' } : line));
}

/** Replaces a line of the bridge, or puts a new one behind `after` (null: first; unknown: behind the bridge's last). */
export function putLine(lines: Lines, line: TranscriptLine, after: string | null): Lines {
  const index = lines.findIndex((known) => known.id === line.id);
  if (index >= 0) return lines.with(index, line);
  const rest = line.role === 'user' ? dropEchoed(lines, line.text) : lines;
  return rest.toSpliced(positionAfter(rest, after), 0, line);
}

/** Adds text to the end of a line; gives the same array when the line is unknown. */
export function appendDelta(lines: Lines, id: string, delta: string): Lines {
  const index = lines.findIndex((line) => line.id === id);
  const line = lines[index];
  return line === undefined ? lines : lines.with(index, { ...line, text: line.text + delta });
}

/** Takes the whole transcript of the session we are still in, and keeps typed lines that are not in it. */
export function replaceLines(lines: Lines, fromBridge: Lines): Lines {
  const known = new Set(lines.filter((line) => !isTyped(line)).map((line) => line.id));
  const news = fromBridge.filter((line) => line.role === 'user' && !known.has(line.id));
  const typed = news.reduce<Lines>((rest, line) => dropEchoed(rest, line.text), lines.filter(isTyped));
  return [...lines.filter(isPast), ...fromBridge, ...typed];
}

/** Ends a session: its lines change no more, and get ids that no other session uses. */
export function endLines(lines: Lines, sessionId: string): Lines {
  return lines.map((line) => (isPast(line) || isTyped(line) ? line : toPast(line, `${sessionId}/${line.id}`)));
}

/** Takes the whole transcript of a session we just joined, behind what was said before: what we know of that and what the bridge kept. */
export function continueLines(lines: Lines, kept: Lines, fromBridge: Lines): Lines {
  const past = mergePast(
    lines.filter(isPast),
    kept.map((line) => toPast(line, line.id)),
  );
  return replaceLines([...past.slice(-MAX_PAST_LINES), ...lines.filter(isTyped)], fromBridge);
}

/** What the bridge kept stands in for the same lines of ours; a line we do not know, as another page had it, follows the one before it. */
function mergePast(ours: Lines, kept: Lines): Lines {
  const place = (lines: Lines, line: TranscriptLine) => lines.findIndex((each) => each.id === line.id);
  const firstShared = kept.map((line) => place(ours, line)).find((index) => index >= 0);
  let at = firstShared ?? ours.length;
  return kept.reduce((lines, line) => {
    const known = place(lines, line);
    at = known >= 0 ? known + 1 : at + 1;
    return known >= 0 ? lines.with(known, line) : lines.toSpliced(at - 1, 0, line);
  }, ours);
}

function toPast(line: TranscriptLine, name: string): TranscriptLine {
  const id = PAST_PREFIX + name;
  if (line.state !== 'partial') return { ...line, id };
  return { ...line, id, state: line.role === 'assistant' ? 'interrupted' : 'failed' };
}

function isPast(line: TranscriptLine): boolean {
  return line.id.startsWith(PAST_PREFIX);
}

function isTyped(line: TranscriptLine): boolean {
  return line.id.startsWith(TYPED_PREFIX);
}

function dropEchoed(lines: Lines, text: string): Lines {
  const index = lines.findIndex((line) => isTyped(line) && line.state === 'pending' && line.text === text.trim());
  return index < 0 ? lines : lines.toSpliced(index, 1);
}

function positionAfter(lines: Lines, after: string | null): number {
  if (after === null) return lines.findLastIndex(isPast) + 1;
  const index = lines.findIndex((line) => line.id === after);
  return (index >= 0 ? index : lines.findLastIndex((line) => !isTyped(line))) + 1;
}
