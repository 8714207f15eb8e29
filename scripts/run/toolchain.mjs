import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { Failure, say, withProgress } from './console.mjs';
import { mustRun, run } from './processes.mjs';

/** The versions fetched when the running ones do not fit. */
export const FETCHED = { node: '24.21.0', npm: '11.19.1' };

const INSTALL_BY_HAND = `install Node 24 from https://nodejs.org/en/download (or: nvm install 24), then run the command again`;

/** True for a Node that every build tool here accepts: 22.19 and later 22s, 24.11 and later 24s, 26 and up. */
export function isNodeSuited(version) {
  const [major, minor] = numbers(version);
  if (major === 22) return minor >= 19;
  if (major === 24) return minor >= 11;
  return major >= 26;
}

/** True for an npm that installs this tree: 11 and up (npm 10 does not install Vite 8). */
export function isNpmSuited(version) {
  return numbers(version)[0] >= 11;
}

/**
 * Finds a Node and an npm that fit, fetching them through npm into a cache folder when the running ones do not.
 * Gives `{ env, node, npmCli }`; `env` has both first in PATH, for every child.
 */
export async function ensureToolchain(host = currentHost()) {
  const npmCli = findNpmCli(host);
  if (npmCli === undefined) throw new Failure('No npm was found beside this Node', INSTALL_BY_HAND);
  const node = isNodeSuited(host.nodeVersion) ? host.execPath : await fetchNode(host, npmCli);
  const npm = isNpmSuited(npmVersion(npmCli)) ? npmCli : await fetchNpm(host, npmCli, node);
  const front = [dirname(node), ...(npm === npmCli ? [] : [join(dirname(npm), '..', '..', '.bin')])];
  const env = cleanEnvironment(host.env);
  env.PATH = [...front, env.PATH ?? ''].join(delimiter);
  return { env, node, npmCli: npm };
}

/** What {@link ensureToolchain} looks at; tests hand in another. */
export function currentHost() {
  const { env, execPath, platform, arch } = process;
  return { env, execPath, platform, arch, nodeVersion: process.versions.node, cacheFolder: cacheFolder(env, platform) };
}

/** Where fetched tools live: `VOICE_BRIDGE_CACHE`, else the user's cache folder. */
export function cacheFolder(env, platform, home = homedir()) {
  if (env.VOICE_BRIDGE_CACHE) return env.VOICE_BRIDGE_CACHE;
  if (platform === 'win32') return join(env.LOCALAPPDATA ?? join(home, 'AppData', 'Local'), 'voice-bridge');
  if (platform === 'darwin') return join(home, 'Library', 'Caches', 'voice-bridge');
  return join(env.XDG_CACHE_HOME ?? join(home, '.cache'), 'voice-bridge');
}

/** The environment without what an outer `npm run` put there for its own script, which would mislead an inner npm. */
export function cleanEnvironment(env) {
  const own =
    /^(npm_(package|lifecycle)_|npm_(execpath|node_execpath|command)$|npm_config_(local_prefix|npm_version|user_agent|node_gyp)$|INIT_CWD$|NODE$)/i;
  const entries = Object.entries(env).filter(([name]) => !own.test(name));
  const path = entries.find(([name]) => name.toUpperCase() === 'PATH')?.[1] ?? '';
  const cleaned = Object.fromEntries(entries.filter(([name]) => name.toUpperCase() !== 'PATH'));
  return { ...cleaned, PATH: path, TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1' };
}

async function fetchNode(host, npmCli) {
  const system = { linux: 'linux', win32: 'win' }[host.platform];
  const message = `Node ${host.nodeVersion} is too old to build this repository (22.19, or 24.11 and up, is needed)`;
  if (system === undefined) throw new Failure(message, INSTALL_BY_HAND);
  const name = `node-${system}-${host.arch}`;
  const executable = join('node_modules', name, 'bin', host.platform === 'win32' ? 'node.exe' : 'node');
  const works = async (folder) => {
    const result = await run(join(folder, executable), ['--version'], { output: 'keep' });
    return result.code === 0 && result.output.trim() === `v${FETCHED.node}`;
  };
  return join(await fetchTool(host, npmCli, host.execPath, name, FETCHED.node, works, message), executable);
}

async function fetchNpm(host, npmCli, node) {
  const cli = join('node_modules', 'npm', 'bin', 'npm-cli.js');
  const works = async (folder) => {
    const result = await run(node, [join(folder, cli), '--version'], {
      output: 'keep',
      env: cleanEnvironment(host.env),
    });
    return result.code === 0 && result.output.trim() === FETCHED.npm;
  };
  const message = `npm ${npmVersion(npmCli)} is too old to install this repository (11 and up is needed)`;
  return join(await fetchTool(host, npmCli, node, 'npm', FETCHED.npm, works, message), cli);
}

/** Installs one npm package into its own cache folder, unless a copy that works is there; moves it in only when complete. */
async function fetchTool(host, npmCli, node, name, version, works, message) {
  const folder = join(host.cacheFolder, `${name}-${version}`);
  if (existsSync(folder) && (await works(folder))) return folder;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(host.cacheFolder, { recursive: true });
  const staging = mkdtempSync(join(host.cacheFolder, 'fetching-'));
  const wanted = `${name}@${version}`;
  const args = [
    npmCli,
    'install',
    '--no-save',
    '--no-package-lock',
    '--ignore-scripts',
    '--loglevel=error',
    '--prefix',
    staging,
    wanted,
  ];
  try {
    say(`${message}; keeping ${wanted} in ${folder}`);
    const options = {
      env: cleanEnvironment(host.env),
      cwd: staging,
      output: 'keep',
      fix: `check the network, or ${INSTALL_BY_HAND}`,
    };
    await withProgress(`Fetching ${wanted} from npm`, () => mustRun(`Fetching ${wanted}`, node, args, options));
    if (!(await works(staging)))
      throw new Failure(`The fetched ${wanted} does not run on this machine`, INSTALL_BY_HAND);
    if (!existsSync(folder)) renameSync(staging, folder);
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
  return folder;
}

/** The running npm's entry file: the one that started us, else the one beside Node, else the one on PATH. */
function findNpmCli(host) {
  const beside = dirname(host.execPath);
  const folders = [beside, ...(host.env.PATH ?? host.env.Path ?? '').split(delimiter)];
  const candidates = [
    host.env.npm_execpath ?? '',
    ...folders.map((folder) => join(folder, 'npm')),
    ...folders.map((folder) => join(folder, 'node_modules', 'npm', 'bin', 'npm-cli.js')),
  ];
  return candidates
    .filter((path) => path !== '' && existsSync(path))
    .map((path) => realpathSync(path))
    .find((path) => path.endsWith('npm-cli.js'));
}

function npmVersion(npmCli) {
  return JSON.parse(readFileSync(join(dirname(npmCli), '..', 'package.json'), 'utf8')).version;
}

function numbers(version) {
  return version.replace(/^v/, '').split('.').map(Number);
}
