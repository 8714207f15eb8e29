/** What a server was sent and may quote. */
export interface Quotable {
  readonly apiKey: string;
  readonly instructions: string;
}

/** Fewer characters of a key at a cut end give nothing away. */
const KEY_BEGINNING = 6;
/** So many characters in a row that are also in the instructions are no coincidence. */
const QUOTE_LENGTH = 24;
const SHORTEST_QUOTE = 8;

/** A server's sentence, fit for clients and logs: without the key, also one that was cut at the end, and nothing of it when it quotes the instructions. */
export function withoutQuotes(message: string, { apiKey, instructions }: Quotable): string {
  if (quotes(message, instructions)) return 'The speech model gave a reason that quotes its instructions';
  if (apiKey === '') return message;
  const clean = message.replaceAll(apiKey, '[key]');
  for (let length = apiKey.length - 1; length >= KEY_BEGINNING; length--) {
    if (clean.endsWith(apiKey.slice(0, length))) return `${clean.slice(0, -length)}[key]`;
  }
  return clean;
}

function quotes(message: string, instructions: string): boolean {
  const length = Math.min(QUOTE_LENGTH, instructions.length);
  if (length < SHORTEST_QUOTE) return false;
  for (let start = 0; start + length <= message.length; start++) {
    if (instructions.includes(message.slice(start, start + length))) return true;
  }
  return false;
}
