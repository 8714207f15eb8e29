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

/** What is said, live. The newest line stays in view, unless one has scrolled back to read. Not a live region: it is heard. */
export function Lines({ lines }: { readonly lines: readonly TranscriptLine[] }) {
  const list = useRef<HTMLOListElement>(null);
  const atEnd = useRef(true);
  const last = lines.at(-1);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the list is scrolled whenever its last line grows
  useEffect(() => {
    if (atEnd.current) list.current?.scrollTo({ top: list.current.scrollHeight });
  }, [last?.id, last?.text]);
  if (lines.length === 0) return <p className="lines empty">What is said appears here.</p>;
  return (
    <ol
      ref={list}
      className="lines"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable region must be reachable by keyboard
      tabIndex={0}
      aria-label="Transcript lines"
      onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
        atEnd.current = scrollHeight - scrollTop - clientHeight <= AT_END_PX;
      }}
    >
      {lines.map((line) => (
        <Line key={line.id} line={line} />
      ))}
    </ol>
  );
}

/** A line that did not change renders nothing. */
const Line = memo(function Line({ line }: { readonly line: TranscriptLine }) {
  return (
    <li data-role={line.role} data-state={line.state}>
      <span className="who">{WHO[line.role]}</span>
      <span>
        {line.text}
        {MARK[line.state]}
      </span>
    </li>
  );
});
