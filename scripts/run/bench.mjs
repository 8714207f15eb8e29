import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from './console.mjs';
import { ROOT } from './paths.mjs';
import { runForeground } from './processes.mjs';
import { prepare, turbo } from './setup.mjs';

/** What a benchmark needs of the machine; the others talk and listen in a browser. */
const NEEDS = {
  micro: [],
  fuzz: [],
  leaks: [],
  phone: ['chromium'],
  sessions: [],
  relay: ['compiler', 'go', 'aiortc'],
  'local-realtime': ['recogniser', 'recordings', 'compiler'],
};
const DEFAULT_NEEDS = ['recogniser', 'recordings', 'chromium'];

/** Runs `benchmarks/<name>.ts` on the built packages; it writes `benchmarks/results/<name>.{json,md}` itself. Gives its exit code. */
export async function bench(name, { refuse, rest }) {
  const program = join('benchmarks', `${name}.ts`);
  if (!existsSync(join(ROOT, program))) {
    const known = readdirSync(join(ROOT, 'benchmarks')).filter((file) => file.endsWith('.ts'));
    throw new Failure(
      `There is no ${program}`,
      `one of: ${known.map((file) => `npm run bench:${file.slice(0, -3)}`).join(', ')}`,
    );
  }
  const { tools } = await prepare(NEEDS[name] ?? DEFAULT_NEEDS, { refuse });
  await turbo(tools, 'Building', ['build', '--output-logs=errors-only']);
  return runForeground(tools.node, [program, ...rest], { env: tools.env });
}
