import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';

// Stands for a code agent without a project to work in: it plans, and then it fails.
const STEP_MS = 300;

const task = (await text(process.stdin)).trim();
const steps = [`Reading the task: ${task}`, 'Looking for the project', 'There is none'];

for (const [index, line] of steps.entries()) {
  console.log(JSON.stringify({ progress: { line, step: index + 1, of: steps.length } }));
  await pause(STEP_MS);
}
console.error('The code agent has no project to work in.');
process.exitCode = 1;
