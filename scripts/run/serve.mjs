import { join } from 'node:path';
import { say } from './console.mjs';
import { ROOT } from './paths.mjs';
import { runForeground, startServer } from './processes.mjs';
import { prepare, turbo } from './setup.mjs';

const STARTED_WITHIN_MS = 30_000;

/**
 * `npm start`: sets up, builds, and runs an example until it is stopped; gives its exit code. The example is the voice assistant,
 * or the one that `--example NAME` names, as the `start` script of each does.
 */
export async function start({ refuse, rest }) {
  const { example, others } = exampleOf(rest);
  const { tools } = await prepare(['recogniser'], { refuse });
  // The voice assistant leads to the pages for phones, which are built from it.
  const last = example === 'voice-assistant' ? 'phone-microphone' : example;
  await turbo(tools, 'Building', ['build', `--filter=example-${last}...`, '--output-logs=errors-only']);
  say();
  return runForeground(tools.node, [`examples/${example}/server.ts`, ...others], { env: tools.env });
}

function exampleOf(words) {
  const at = words.indexOf('--example');
  if (at === -1) return { example: 'voice-assistant', others: words };
  return { example: words[at + 1], others: words.filter((_, index) => index !== at && index !== at + 1) };
}

/**
 * `npm run serve`: sets up, builds, and runs the bridge's own program with the demo tools. With neither `OPENAI_API_KEY` nor
 * `OPENAI_BASE_URL` it first starts local-realtime on a free port, and stops it afterwards.
 */
export async function serve({ refuse, rest }) {
  const local = !process.env.OPENAI_API_KEY && !process.env.OPENAI_BASE_URL;
  const { tools } = await prepare(local ? ['recogniser'] : [], { refuse });
  const filters = ['--filter=@voice-bridge/bridge-node', '--filter=@voice-bridge/local-realtime'];
  await turbo(tools, 'Building', ['build', ...filters, '--output-logs=errors-only']);
  const model = local ? await startLocalModel(tools) : undefined;
  const env = model ? { ...tools.env, OPENAI_BASE_URL: model.url, OPENAI_API_KEY: 'local' } : tools.env;
  const args = rest.includes('--tools')
    ? rest
    : ['--tools', join(ROOT, 'examples', 'voice-assistant', 'tools.ts'), ...rest];
  try {
    return await runForeground(tools.node, ['packages/bridge-node/dist/cli.js', ...args], { env });
  } finally {
    await model?.stop();
  }
}

async function startLocalModel(tools) {
  const program = join('packages', 'local-realtime', 'dist', 'cli.js');
  const env = { ...tools.env, HOST: '127.0.0.1', PORT: '0' };
  const server = await startServer('local-realtime', tools.node, [program], {
    env,
    ready: /(https?:\/\/\S+?)(?=[\s,.;]*(\s|$))/,
    withinMs: STARTED_WITHIN_MS,
  });
  say(`Model: local, free, on this machine (${server.match[1]}). Set OPENAI_API_KEY to talk to OpenAI instead.`);
  return { url: server.match[1], stop: server.stop };
}
