import { CHROMIUM_FIX, ensureChromium } from './chromium.mjs';
import { say, withProgress } from './console.mjs';
import { ensureInstalled } from './install.mjs';
import { mustRun, run } from './processes.mjs';
import { currentHost, ensureSystemPackages, findOnPath, SYSTEM_NEEDS } from './system-packages.mjs';
import { ensureToolchain } from './toolchain.mjs';

/**
 * Makes the tree ready for `needs` (`recogniser`, `recordings`, `chromium`, `firefox`, `pulseaudio`): Node, npm, packages, programs.
 * Only what every task needs throws; a need that cannot be met is printed with its cure and reported in `missing`.
 */
export async function prepare(needs, { refuse }) {
  const tools = await ensureToolchain();
  await ensureInstalled(tools);
  const host = currentHost({ env: tools.env });
  const wanted = needs.filter((need) => need !== 'chromium');
  const missing = new Set(await ensureSystemPackages(wanted, { refuse, host }));
  for (const need of missing) say(`  going on without ${SYSTEM_NEEDS[need].what}`);
  if (needs.includes('chromium')) await addChromium(tools, missing, refuse);
  tools.env.VOICE_BRIDGE_TOOLS = await fingerprint(tools, wanted, missing);
  return { tools, missing };
}

/** Runs one or more turbo tasks; throws a {@link Failure} naming the command when one fails. */
export async function turbo(tools, title, args) {
  await withProgress(title, () =>
    mustRun(title, tools.node, turboArguments(args), { env: tools.env, fix: `npx turbo run ${args.join(' ')}` }),
  );
}

/** Node's arguments that start the locked turbo. */
export function turboArguments(args) {
  return ['node_modules/turbo/bin/turbo', 'run', ...args];
}

async function addChromium(tools, missing, refuse) {
  const path = await ensureChromium(tools, { refuse });
  if (path === undefined) {
    missing.add('chromium');
    say(`  going on without a browser: ${CHROMIUM_FIX}`);
    return;
  }
  tools.env.CHROME_PATH = path;
}

/** Names the programs that test results depend on, so that a cached result dies with a new browser or recogniser. */
async function fingerprint(tools, wanted, missing) {
  const programs = [
    tools.env.CHROME_PATH,
    ...(wanted.includes('firefox') ? [findOnPath(tools.env, 'firefox-esr')] : []),
  ].filter(Boolean);
  const versions = await Promise.all(
    programs.map(async (path) => (await run(path, ['--version'], { env: tools.env, output: 'keep' })).output.trim()),
  );
  const node = (await run(tools.node, ['--version'], { output: 'keep' })).output.trim();
  const present = wanted.filter((need) => !missing.has(need));
  return [node, ...versions, ...present].join('; ');
}
