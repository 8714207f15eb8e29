import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';

// Stands for a real team: each member looks at the text in its own way, and takes its time over it.
const STEP_MS = 1_200;

const question = (await text(process.stdin)).trim();
const words = question.split(/\s+/).filter((word) => word !== '');
const longest = words.toSorted((a, b) => b.length - a.length)[0] ?? 'nothing';

const members = [
  { name: 'reader', finding: `it is ${words.length} ${words.length === 1 ? 'word' : 'words'} long` },
  { name: 'critic', finding: `its longest word is ${longest}` },
  { name: 'writer', finding: `it is best put as "${question}"` },
];

for (const [index, { name, finding }] of members.entries()) {
  tell({ progress: { line: `The ${name} is thinking`, step: index, of: members.length } });
  await pause(STEP_MS);
  tell({ progress: { line: `The ${name} says: ${finding}`, step: index + 1, of: members.length } });
}
tell({ result: { say: `The team has talked about ${question}. Its longest word is ${longest}.` } });

function tell(line: object): void {
  console.log(JSON.stringify(line));
}
