/** What one can say. Pressing a phrase sends it as typed text. */
export function Hints(props: {
  hints: readonly string[];
  hears: boolean;
  connected: boolean;
  onPick: (text: string) => void;
}) {
  if (props.hints.length === 0) return null;
  return (
    <section className="hints" aria-labelledby="hints-title">
      <h2 id="hints-title">{props.hears ? 'You can say' : 'You can type'}</h2>
      <ul>
        {props.hints.map((hint) => (
          <li key={hint}>
            <button type="button" disabled={!props.connected} onClick={() => props.onPick(hint)}>
              {hint}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
