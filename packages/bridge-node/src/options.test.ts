import { describe, expect, it } from 'vitest';
import { MemoryStore } from './control-plane/store/memory-store.ts';
import { resolveOptions } from './options.ts';
import { createVoiceBridge } from './voice-bridge.ts';

const KEY = { OPENAI_API_KEY: 'sk-environment' };

describe('the options of a bridge', () => {
  it('have a default for everything but the model', () => {
    expect(resolveOptions({}, KEY)).toMatchObject({
      model: {
        provider: 'openai',
        apiKey: 'sk-environment',
        baseUrl: 'https://api.openai.com/v1',
        model: 'gpt-realtime-2.1',
        voice: 'marin',
        connectTimeoutMs: 15_000,
      },
      instructions: '',
      tools: {},
      authorize: undefined,
      production: false,
      allowedOrigins: [],
      basePath: '',
      iceServers: [],
      connectTimeoutMs: 15_000,
      limits: {
        sessions: 100,
        sessionsPerSubject: 10,
        participants: 16,
        bodyBytes: 65_536,
        textLength: 4_000,
        sessionMinutes: 60,
        idleMinutes: 10,
        toolSeconds: 30,
      },
      store: expect.any(MemoryStore),
    });
  });

  it('[S-2.19] need a key or a base URL, and say what to do', () => {
    for (const environment of [{}, { OPENAI_API_KEY: '', OPENAI_BASE_URL: ' ' }]) {
      expect(() => resolveOptions({}, environment)).toThrow(
        expect.objectContaining({
          code: 'missing_api_key',
          hint: 'set OPENAI_API_KEY, or run npx @voice-bridge/local-realtime and set OPENAI_BASE_URL',
        }),
      );
    }
  });

  it('take a base URL without a key, as a server of one’s own needs none', () => {
    const { model, secrets } = resolveOptions({}, { OPENAI_BASE_URL: 'http://127.0.0.1:8080/v1/' });
    expect([model.baseUrl, model.apiKey !== '', secrets]).toEqual(['http://127.0.0.1:8080/v1', true, []]);
  });

  it('go before the environment', () => {
    const environment = { ...KEY, OPENAI_BASE_URL: 'http://env.example/v1', OPENAI_MODEL: 'env-model' };
    const given = { apiKey: 'sk-option', baseUrl: 'http://option.example/v1', model: 'option-model' };
    expect(resolveOptions({}, environment).model).toMatchObject({
      baseUrl: 'http://env.example/v1',
      model: 'env-model',
    });
    expect(resolveOptions({ model: given }, environment).model).toMatchObject(given);
  });

  it('take the way to the model from the environment, when it is one', () => {
    const environment = { ...KEY, OPENAI_TRANSPORT: 'websocket' };
    expect(resolveOptions({}, KEY).model.transport).toBe('webrtc');
    expect(resolveOptions({}, environment).model.transport).toBe('websocket');
    expect(resolveOptions({ model: { transport: 'webrtc' } }, environment).model.transport).toBe('webrtc');
    expect(() => resolveOptions({}, { ...KEY, OPENAI_TRANSPORT: 'pigeon' })).toThrow('OPENAI_TRANSPORT');
  });

  it('hand on how the model listens, as the provider takes it, null for not at all', () => {
    const listening = {
      turnDetection: { type: 'semantic_vad', eagerness: 'low' },
      transcription: { model: 'gpt-transcribe', language: 'en', prompt: 'Expect names of birds.' },
      noiseReduction: { type: 'far_field' },
    } as const;
    expect(resolveOptions({ model: listening }, KEY).model).toMatchObject(listening);
    const none = { turnDetection: null, transcription: null, noiseReduction: null };
    expect(resolveOptions({ model: none }, KEY).model).toMatchObject(none);
  });

  it('keep the key among the secrets', () => {
    expect(resolveOptions({}, KEY).secrets).toEqual(['sk-environment']);
  });

  it.each([
    ['basePath', { basePath: 'voice' }],
    ['basePath', { basePath: '/voice/' }],
    ['allowedOrigins', { allowedOrigins: ['app.example'] }],
    ['limits', { limits: { sessions: 0 } }],
    ['limits', { limits: { textLength: 4_001 } }],
    ['baseUrl', { model: { baseUrl: 'ftp://x.example' } }],
    ['baseUrl', { model: { baseUrl: 'https://user:hunter2@x.example/v1' } }],
    ['baseUrl', { model: { baseUrl: 'https://:hunter2@x.example/v1' } }],
    ['tools', { tools: { 'bad name': { description: 'x', parameters: {}, timeoutMs: undefined, prepare: never } } }],
    ['turnDetection', { model: { turnDetection: { type: 'server_vad' as const, threshold: 2 } } }],
    ['transcription', { model: { transcription: { model: '' } } }],
    ['noiseReduction', { model: { noiseReduction: { strength: Number.NaN } } }],
    ['greeting', { greeting: 'x'.repeat(2_001) }],
    ['portRange', { media: { portRange: [0, 9] as const } }],
    ['portRange', { media: { portRange: [9, 8] as const } }],
    ['portRange', { media: { portRange: [9, 9] as const } }],
  ])('refuse a wrong %s with a TypeError that names it', (name, options) => {
    expect(() => resolveOptions(options, KEY)).toThrow(TypeError);
    expect(() => resolveOptions(options, KEY)).toThrow(name);
    expect(() => resolveOptions(options, KEY)).not.toThrow('hunter2');
  });

  it('refuse what they do not know, as a misspelt limit would go unnoticed', () => {
    const misspelt: object = { limit: { sessions: 1 } };
    expect(() => resolveOptions(misspelt, KEY)).toThrow(/limit/);
  });
});

describe('createVoiceBridge', () => {
  it('gives a bridge that closes without having listened', async () => {
    const bridge = createVoiceBridge({ model: { apiKey: 'sk-test' } });
    expect(bridge.sessions.list()).toEqual([]);
    await bridge.close();
  });
});

function never(): never {
  throw new TypeError('not called');
}
