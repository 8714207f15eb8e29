import type { TranscriptLine } from '@voice-bridge/browser-client';
import { memo, useEffect, useRef } from 'react';

const WHO = { user: 'You', assistant: 'Assistant' } as const;
const MARK = {
  pending: ' (sending)',
  partial: '',
  final: '',
  interrupted: ' (interrupted)',
  failed: ' (failed)',
} as const;
/** As near to the end as this counts as reading the newest line, in CSS pixels. */
const AT_END_PX = 24;

/** The conversation as text, live. The newest line stays in view, unless one has scrolled back to read. Not a live region: it is heard. */
export function Transcript({ entries, connected }: { entries: readonly TranscriptLine[]; connected: boolean }) {
  const list = useRef<HTMLOListElement>(null);
  const atEnd = useRef(true);
  const last = entries.at(-1);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the list is scrolled whenever its last line grows
  useEffect(() => {
    if (atEnd.current) list.current?.scrollTo({ top: list.current.scrollHeight });
  }, [last?.id, last?.text]);
  return (
    <section className="card" aria-labelledby="transcript-title">
      <h2 id="transcript-title">Transcript</h2>
      {entries.length === 0 ? (
        <p className="empty">{connected ? 'What you say or type appears here.' : 'What you both say appears here.'}</p>
      ) : (
        <ol
          ref={list}
          className="transcript"
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable region must be reachable by keyboard
          tabIndex={0}
          aria-label="Transcript lines"
          onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
            atEnd.current = scrollHeight - scrollTop - clientHeight <= AT_END_PX;
          }}
        >
          {entries.map((entry) => (
            <Line key={entry.id} entry={entry} />
          ))}
        </ol>
      )}
    </section>
  );
}

/** A line that did not change renders nothing: a long transcript grows by one word at a time. */
const Line = memo(function Line({ entry }: { entry: TranscriptLine }) {
  return (
    <li data-role={entry.role} data-state={entry.state}>
      <span className="who">{WHO[entry.role]}</span>
      <span className="what">
        {entry.text}
        {MARK[entry.state]}
      </span>
    </li>
  );
});
