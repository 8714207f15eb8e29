import { type FormEvent, useState } from 'react';

const LETTERS = 8;

/** The short code, typed by hand: upper case and dash come by themselves. */
export function CodeForm({ onCode }: { readonly onCode: (code: string) => void }) {
  const [code, setCode] = useState('');
  const [incomplete, setIncomplete] = useState(false);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const complete = code.replace('-', '').length === LETTERS;
    setIncomplete(!complete);
    if (complete) onCode(code);
  };
  return (
    <form className="code" onSubmit={submit}>
      <label htmlFor="code">Code</label>
      <input
        id="code"
        value={code}
        onChange={(event) => {
          setIncomplete(false);
          setCode(shown(event.target.value));
        }}
        placeholder="ABCD-EFGH"
        autoComplete="off"
        autoCapitalize="characters"
        autoCorrect="off"
        spellCheck={false}
        enterKeyHint="go"
        aria-invalid={incomplete}
        aria-describedby="code-problem"
      />
      <button type="submit" className="primary">
        Join
      </button>
      <p id="code-problem" role="status" className="problem">
        {incomplete && 'A code has eight letters or digits.'}
      </p>
    </form>
  );
}

function shown(typed: string): string {
  const letters = typed
    .toUpperCase()
    .replaceAll(/[^A-Z0-9]/g, '')
    .slice(0, LETTERS);
  return letters.length > LETTERS / 2 ? `${letters.slice(0, LETTERS / 2)}-${letters.slice(LETTERS / 2)}` : letters;
}
