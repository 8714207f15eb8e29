import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Every page whose snippets are compiled as their readers would. */
const PAGES = [
  'README.md',
  'docs/getting-started.md',
  'docs/phone.md',
  'packages/browser-client/README.md',
  'packages/react-hooks/README.md',
];

/** The code blocks of all those pages that follow a `<!-- snippet: name -->` comment, by name. */
export function readAllSnippets(root) {
  return Object.assign({}, ...PAGES.map((page) => readSnippets(readFileSync(join(root, page), 'utf8'))));
}

/** The code blocks of a page that follow a `<!-- snippet: name -->` comment, by name. */
export function readSnippets(text) {
  const found = text.matchAll(/<!-- snippet: (\S+) -->\n```\w+\n([\s\S]*?)```/g);
  return Object.fromEntries(Array.from(found, ([, name, code]) => [name, code]));
}

/** Calls that a reader would copy with their rejection unhandled: `connect()` that nothing catches or awaits. */
export function unhandledConnects(code) {
  const lines = code.split('\n').filter((line) => /\bconnect\(\)/.test(line));
  return lines.filter((line) => !/\bawait \S*connect\(\)|\bconnect\(\)\.catch\(/.test(line));
}
