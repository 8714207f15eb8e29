import type { TranscriptLine } from '@voice-bridge/browser-client';
import { useEffect, useRef } from 'react';

const WHO = { user: 'You', assistant: 'Assistant' } as const;
const MARK = {
  pending: ' (sending)',
  partial: '',
  final: '',
  interrupted: ' (interrupted)',
  failed: ' (failed)',
} as const;

/** The conversation as text, live, the newest line in view. */
export function Transcript({ entries, connected }: { entries: readonly TranscriptLine[]; connected: boolean }) {
  const list = useRef<HTMLOListElement>(null);
  const last = entries.at(-1);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the list is scrolled whenever its last line grows
  useEffect(() => {
    list.current?.scrollTo({ top: list.current.scrollHeight });
  }, [last?.id, last?.text]);
  return (
    <section className="card" aria-labelledby="transcript-title">
      <h2 id="transcript-title">Transcript</h2>
      {entries.length === 0 ? (
        <p className="empty">{connected ? 'Say something: it appears here.' : 'What you both say appears here.'}</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable region must be reachable by keyboard
        <ol ref={list} className="transcript" tabIndex={0} aria-label="Transcript lines" aria-live="polite">
          {entries.map((entry) => (
            <li key={entry.id} data-role={entry.role} data-state={entry.state}>
              <span className="who">{WHO[entry.role]}</span>
              <span className="what">
                {entry.text}
                {MARK[entry.state]}
              </span>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}
