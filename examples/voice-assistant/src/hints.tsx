import { useSyncExternalStore } from 'react';

/** So many phrases are in sight at once; the rest opens on demand. */
const SHOWN = 7;
/** As in widths.css: where the transcript stands below the phrases. */
const NARROW = '(max-width: 40rem)';

interface HintsProps {
  readonly hints: readonly string[];
  readonly hears: boolean;
  readonly connected: boolean;
  readonly onPick: (text: string) => void;
}

/** What one can say. Pressing a phrase sends it as typed text. On a phone the phrases make room for what is being said. */
export function Hints(props: HintsProps) {
  const narrow = useNarrow();
  if (props.hints.length === 0) return null;
  const title = props.hears ? 'You can say' : 'You can type';
  if (narrow && props.connected) {
    return (
      <details className="hints">
        <summary>{title}</summary>
        <Phrases {...props} />
      </details>
    );
  }
  const more = props.hints.slice(SHOWN);
  return (
    <section className="hints" aria-labelledby="hints-title">
      <h2 id="hints-title">{title}</h2>
      <Phrases {...props} hints={props.hints.slice(0, SHOWN)} />
      {more.length > 0 && (
        <details>
          <summary>More phrases</summary>
          <Phrases {...props} hints={more} />
        </details>
      )}
    </section>
  );
}

function Phrases(props: Pick<HintsProps, 'hints' | 'connected' | 'onPick'>) {
  return (
    <ul>
      {props.hints.map((hint) => (
        <li key={hint}>
          <button type="button" disabled={!props.connected} onClick={() => props.onPick(hint)}>
            {hint}
          </button>
        </li>
      ))}
    </ul>
  );
}

function useNarrow(): boolean {
  return useSyncExternalStore(watchWidth, () => matchMedia(NARROW).matches);
}

function watchWidth(listener: () => void): () => void {
  const query = matchMedia(NARROW);
  query.addEventListener('change', listener);
  return () => query.removeEventListener('change', listener);
}
