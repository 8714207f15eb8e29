import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Failure, say, withProgress } from './console.mjs';
import { ROOT } from './paths.mjs';
import { run } from './processes.mjs';
import { currentHost, ensureSystemPackages, findOnPath } from './system-packages.mjs';

const COMMANDS = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'microsoft-edge-stable'];
const PATHS = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
];

/** What to type when no Chromium can be had. */
export const CHROMIUM_FIX = 'install Chromium or Chrome, or set CHROME_PATH to its executable';

/**
 * Finds a Chromium without installing one: `CHROME_PATH`, playwright's own, PATH and the usual places; undefined when none.
 * A `CHROME_PATH` that does not exist is a {@link Failure}: whoever set it meant it.
 */
export function findChromium(env, playwright = loadPlaywright()) {
  if (env.CHROME_PATH) {
    if (existsSync(env.CHROME_PATH)) return env.CHROME_PATH;
    throw new Failure(
      `CHROME_PATH names ${env.CHROME_PATH}, which does not exist`,
      'unset CHROME_PATH, or point it at a Chromium',
    );
  }
  const own = playwright?.chromium.executablePath();
  if (own && existsSync(own)) return own;
  return COMMANDS.map((command) => findOnPath(env, command)).find(Boolean) ?? PATHS.find((path) => existsSync(path));
}

/** Finds or installs a Chromium; undefined, with a printed reason, when that is impossible. */
export async function ensureChromium(tools, { refuse }) {
  const found = findChromium(tools.env) ?? (await findDownloaded(tools));
  if (found) return found;
  await ensureSystemPackages(['chromium'], { refuse, host: currentHost({ env: tools.env }) });
  return findChromium(tools.env) ?? (await download(tools));
}

function loadPlaywright() {
  try {
    return createRequire(join(ROOT, 'e2e', 'package.json'))('playwright-core');
  } catch {
    return undefined;
  }
}

function playwrightCli() {
  return createRequire(join(ROOT, 'e2e', 'package.json'))
    .resolve('playwright-core/package.json')
    .replace('package.json', 'cli.js');
}

async function download(tools) {
  const args = [playwrightCli(), 'install', 'chromium-headless-shell'];
  const result = await withProgress('Downloading a headless Chromium with playwright', () =>
    run(tools.node, args, { env: tools.env, output: 'keep' }),
  );
  if (result.code === 0) return findDownloaded(tools);
  say(`✗ The download failed. Instead: ${CHROMIUM_FIX}`);
  return undefined;
}

/** The headless shell that an earlier download left, wherever this playwright puts it. */
async function findDownloaded(tools) {
  const result = await run(tools.node, [playwrightCli(), 'install', '--dry-run', 'chromium-headless-shell'], {
    env: tools.env,
    output: 'keep',
  });
  const folder = /Install location:\s+(.*chromium_headless_shell.*)/.exec(result.output)?.[1]?.trim();
  if (!folder || !existsSync(folder)) return undefined;
  const folders = [
    folder,
    ...readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => join(folder, entry.name)),
  ];
  const names = ['headless_shell', 'chrome-headless-shell', 'headless_shell.exe', 'chrome-headless-shell.exe'];
  return folders.flatMap((each) => names.map((name) => join(each, name))).find((path) => existsSync(path));
}
