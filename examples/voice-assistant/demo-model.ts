import type { ModelOptions, VoiceBridgeOptions } from '@voice-bridge/bridge-node';
import { remoteEngines, startLocalRealtime } from '@voice-bridge/local-realtime';
import type { DemoInfo } from './src/demo-info.ts';

/** The speech model the demo talks to, and what it says of itself. */
export interface DemoModel {
  readonly options: ModelOptions;
  readonly info: DemoInfo;
  /** One line for the terminal: which model, and what it costs. */
  readonly sentence: string;
  close(): Promise<void>;
}

/** OpenAI when there is a key, the server at `OPENAI_BASE_URL` when there is one, else a local model started here. */
export async function startDemoModel(tools: NonNullable<VoiceBridgeOptions['tools']>): Promise<DemoModel> {
  const apiKey = process.env.OPENAI_API_KEY;
  const baseUrl = process.env.OPENAI_BASE_URL;
  const examples = Object.values(tools).map((each) => quoted(each.description));
  if (baseUrl !== undefined && baseUrl !== '') {
    const options: ModelOptions = { baseUrl, ...(apiKey === undefined ? {} : { apiKey }) };
    const name = new URL(baseUrl).host;
    return { options, info: info('custom', name, examples), sentence: `Model: the server at ${name}.`, close };
  }
  if (apiKey !== undefined && apiKey !== '') {
    const sentence = 'Model: OpenAI. Talking costs money on your account.';
    return { options: { apiKey }, info: info('openai', 'OpenAI', examples), sentence, close };
  }
  const remote = remoteEngines(process.env);
  const local = await startLocalRealtime(remote);
  return {
    options: { baseUrl: local.url, apiKey: 'local' },
    info: { ...info('local', 'Local model', examples), hears: local.hears },
    sentence: localSentence(local.hears, Object.keys(remote)),
    close: () => local.close(),
  };
}

function localSentence(hears: boolean, remote: readonly string[]): string {
  if (!hears)
    return 'Model: local, free, on this machine. No recogniser found: it answers typed text. For speech install pocketsphinx and pocketsphinx-en-us.';
  return remote.length === 0
    ? 'Model: local, free, on this machine. It understands the phrases the page shows.'
    : `Model: local, with your own servers for ${remote.join(', ')}.`;
}

/** One phrase of each tool first, then the chat, then all other phrases. */
function info(model: DemoInfo['model'], name: string, examples: readonly (readonly string[])[]): DemoInfo {
  const first = examples.flatMap((each) => each.slice(0, 1));
  const rest = examples.flatMap((each) => each.slice(1));
  return { model, name, hears: true, hints: [...first, 'tell me a story', 'what can you do', ...rest] };
}

/** The sentences a description quotes. */
function quoted(description: string): string[] {
  return Array.from(description.matchAll(/"([^"]+)"/g), (match) => match[1] ?? '');
}

async function close() {}
