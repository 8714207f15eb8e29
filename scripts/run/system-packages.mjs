import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { say, withProgress } from './console.mjs';
import { run } from './processes.mjs';

/** What the machine itself can provide: how to see that it is there, and the Debian packages that bring it. */
export const SYSTEM_NEEDS = {
  recogniser: {
    what: 'the speech recogniser (without it the assistant answers typed text only)',
    packages: ['pocketsphinx', 'pocketsphinx-en-us'],
    isPresent: (host) =>
      onPath(host, 'pocketsphinx_batch') && exists(host, '/usr/share/pocketsphinx/model/en-us/en-us/mdef'),
  },
  recordings: {
    what: 'recorded human speech for the tests',
    packages: ['pocketsphinx-testdata', 'alsa-utils'],
    isPresent: (host) =>
      exists(host, '/usr/share/pocketsphinx/test/data/goforward.raw') &&
      exists(host, '/usr/share/sounds/alsa/Front_Center.wav'),
  },
  chromium: {
    what: 'a Chromium for the browser tests',
    packages: ['chromium'],
    distributions: ['debian'], // elsewhere the package is a stub that needs snap
    isPresent: (host) => host.hasChromium,
  },
  firefox: {
    what: 'Firefox for the full browser tests',
    packages: ['firefox-esr'],
    distributions: ['debian'],
    isPresent: (host) => onPath(host, 'firefox-esr') || onPath(host, 'firefox'),
  },
  pulseaudio: {
    what: 'a sound server without hardware, which Firefox needs to run audio',
    packages: ['pulseaudio', 'pulseaudio-utils'],
    isPresent: (host) => onPath(host, 'pulseaudio') && onPath(host, 'pactl'),
  },
  compiler: {
    what: 'a C compiler and OpenSSL, of which the load generator is built',
    packages: ['gcc', 'libc6-dev', 'libssl-dev'],
    isPresent: (host) => onPath(host, 'cc') && exists(host, '/usr/include/openssl/ssl.h'),
  },
  go: {
    what: 'Go and Pion, the relay in Go that ours is compared with',
    packages: ['golang-go', 'golang-github-pion-webrtc.v3-dev'],
    isPresent: (host) => onPath(host, 'go') && exists(host, '/usr/share/gocode/src/github.com/pion/webrtc'),
  },
  aiortc: {
    what: 'aiortc, WebRTC in Python: a client for the tests, and a relay that ours is compared with',
    packages: ['python3-aiortc'],
    isPresent: (host) => exists(host, '/usr/lib/python3/dist-packages/aiortc'),
  },
  turn: {
    what: 'coturn, a TURN server for the tests (Debian starts it as a service, too: systemctl disable --now coturn)',
    packages: ['coturn'],
    isPresent: (host) => exists(host, '/usr/bin/turnserver'),
  },
};

/**
 * Installs the Debian packages of those `names` that are missing, after listing them; gives the names still missing.
 * Installs nothing without root, without apt-get, or with `refuse`; then it prints the command that would.
 */
export async function ensureSystemPackages(
  names,
  { refuse = false, host = currentHost(), install = aptInstall, print = say } = {},
) {
  const missing = names.filter((name) => !SYSTEM_NEEDS[name].isPresent(host));
  const fitting = missing.filter((name) => fits(SYSTEM_NEEDS[name], host));
  if (fitting.length === 0) return missing;
  const packages = fitting.flatMap((name) => SYSTEM_NEEDS[name].packages);
  const command = `apt-get install -y --no-install-recommends ${packages.join(' ')}`;
  for (const name of fitting) print(`  missing: ${SYSTEM_NEEDS[name].what}: ${SYSTEM_NEEDS[name].packages.join(' ')}`);
  if (refuse || !host.isRoot) {
    print(`  not installed (${refuse ? '--no-system-packages' : 'not root'}). To install:  sudo ${command}`);
    return missing;
  }
  print(`Installing these system packages (refuse with --no-system-packages): ${packages.join(' ')}`);
  const done = await install(packages, host);
  if (!done) print(`✗ apt-get failed. To see why:  ${command}`);
  return done ? missing.filter((name) => !fitting.includes(name)) : missing;
}

/** The machine as {@link ensureSystemPackages} sees it; tests hand in another. */
export function currentHost({ env = process.env, hasChromium = false } = {}) {
  return {
    env,
    root: '/',
    hasChromium,
    isRoot: process.getuid?.() === 0,
    distribution: process.platform === 'linux' ? readDistribution('/etc/os-release') : process.platform,
  };
}

/** The command's full path on PATH, or undefined. */
export function findOnPath(env, command) {
  return (env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, command))
    .find((path) => existsSync(path));
}

function fits(need, host) {
  const apt = onPath(host, 'apt-get');
  return apt && (need.distributions ?? ['debian', 'ubuntu']).includes(host.distribution);
}

function onPath(host, command) {
  return findOnPath(host.env, command) !== undefined;
}

function exists(host, path) {
  return existsSync(join(host.root, path));
}

function readDistribution(path) {
  if (!existsSync(path)) return 'unknown';
  return /^ID="?([^"\n]*)"?$/m.exec(readFileSync(path, 'utf8'))?.[1] ?? 'unknown';
}

async function aptInstall(packages, host) {
  const env = { ...host.env, DEBIAN_FRONTEND: 'noninteractive' };
  const apt = async (...args) => (await run('apt-get', args, { env, output: 'keep' })).code === 0;
  return withProgress(`apt-get install ${packages.join(' ')}`, async () => {
    await apt('update', '-qq');
    return apt('install', '-y', '-qq', '--no-install-recommends', ...packages);
  });
}
