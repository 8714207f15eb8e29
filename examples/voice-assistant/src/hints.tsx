/** So many phrases are in sight at once; the rest opens on demand. */
const SHOWN = 7;

/** What one can say. Pressing a phrase sends it as typed text. */
export function Hints(props: {
  hints: readonly string[];
  hears: boolean;
  connected: boolean;
  onPick: (text: string) => void;
}) {
  if (props.hints.length === 0) return null;
  const more = props.hints.slice(SHOWN);
  return (
    <section className="hints" aria-labelledby="hints-title">
      <h2 id="hints-title">{props.hears ? 'You can say' : 'You can type'}</h2>
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

function Phrases(props: { hints: readonly string[]; connected: boolean; onPick: (text: string) => void }) {
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
