import { expect, it } from 'vitest';
import { readCliOptions, USAGE } from './cli-options.ts';

it('has defaults', () => {
  expect(readCliOptions([], {})).toEqual({
    help: false,
    script: undefined,
    server: { host: '127.0.0.1', port: 8_080 },
  });
});

it('takes options before the environment', () => {
  const environment = {
    ...{ HOST: '0.0.0.0', PORT: '9', STT_URL: 'http://a/v1', STT_API_KEY: 'k', STT_MODEL: 'whisper' },
    ...{ LLM_URL: 'http://b/v1', TTS_URL: '', LLM_API_KEY: '' },
  };
  const args = ['--port', '0', '--tls', '--voice', 'cedar', '--llm-url', 'http://c/v1', '--script', 'a.json'];
  expect(readCliOptions(args, environment)).toEqual({
    help: false,
    script: 'a.json',
    server: {
      host: '0.0.0.0',
      port: 0,
      tls: 'generated',
      voice: 'cedar',
      stt: { url: 'http://a/v1', apiKey: 'k', model: 'whisper' },
      llm: { url: 'http://c/v1' },
    },
  });
});

it.each([['--port', 'eight'], ['--port', '70000'], ['--port', ''], ['--prot', '1'], ['extra']])(
  'refuses %s %s',
  (...args) => {
    expect(() => readCliOptions(args, {})).toThrow(TypeError);
  },
);

it('describes every option it knows', () => {
  for (const option of ['host', 'port', 'tls', 'voice', 'script', 'stt-url', 'tts-url', 'llm-url', 'help']) {
    expect(USAGE).toContain(`--${option} `);
  }
});
