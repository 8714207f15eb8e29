import { readFileSync } from 'node:fs';

/** The README's code blocks that follow a `<!-- snippet: name -->` comment, by name. */
export function readSnippets(path) {
  const text = readFileSync(path, 'utf8');
  const found = text.matchAll(/<!-- snippet: (\S+) -->\n```\w+\n([\s\S]*?)```/g);
  return Object.fromEntries(Array.from(found, ([, name, code]) => [name, code]));
}
