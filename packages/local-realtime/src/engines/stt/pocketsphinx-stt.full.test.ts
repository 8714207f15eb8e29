import { mkdtempSync, readdirSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { VoiceBridgeError } from '@voice-bridge/core';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { skipWithout } from '../../testing/skip-without.ts';
import { DEMO_TOOLS } from '../assistant/demo-tools.ts';
import { createRulesAssistant } from '../assistant/rules-assistant.ts';
import {
  anySignal,
  hasRecordings,
  installedRecogniser,
  mixed,
  noise,
  padded,
  recording,
  spoken,
} from '../engine-test-support.ts';
import { createPocketsphinxStt, type PocketsphinxOptions } from './pocketsphinx-stt.ts';
import { sttEngineContract } from './stt-engine.contract.ts';
import type { SttEngine } from './stt-engine.ts';

const missing = skipWithout({ recogniser: installedRecogniser !== undefined });
const phrases = createRulesAssistant().phrases(DEMO_TOOLS);

function create(options: Partial<PocketsphinxOptions> = {}): SttEngine {
  if (installedRecogniser === undefined) throw new Error('No recogniser');
  return createPocketsphinxStt({ files: installedRecogniser, ...options });
}

if (!missing) sttEngineContract('pocketsphinx', create, (text) => spoken(text));

describe.skipIf(missing)('pocketsphinx', () => {
  const stt = missing ? undefined : create();
  const hear = async (pcm: Int16Array, expected = phrases): Promise<string> =>
    (await stt?.recognise(padded(pcm, 300, 300), { phrases: expected }, anySignal()))?.text ?? '';
  afterAll(() => stt?.close());

  it.each([
    ['marin', 1],
    ['cedar', 3],
    ['ballad', 3],
    ['echo', 3],
  ])(
    'understands the examples of the demo tools in the voice %s (one in %i)',
    async (voice, step) => {
      const wrong: string[] = [];
      for (const example of SAID.filter((_, index) => index % step === 0)) {
        const heard = await hear(await spoken(example, voice));
        if (heard !== example) wrong.push(`${example} -> ${heard}`);
      }
      expect(wrong).toEqual([]);
    },
    60_000,
  );

  it.skipIf(skipWithout({ recordings: hasRecordings }))('understands recorded people', async () => {
    expect(await hear(recording('goforward.raw'), [...phrases, 'go forward <meters:number> meters'])).toBe(
      'go forward ten meters',
    );
    const rank = '(ace|two|three|four|five|six|seven|eight|nine|ten|jack|queen|king)';
    const suit = '(clubs|hearts|diamonds|spades)';
    const card = `${rank} of ${suit}`;
    const cards = [card, `${rank} ${card}`, `${rank} ${rank}`, `${card} ${card} ${card}`];
    expect(await hear(recording('cards/002.wav'), cards)).toBe('four queen of clubs');
    expect(await hear(recording('cards/003.wav'), cards)).toBe('seven of clubs');
    expect(await hear(recording('cards/004.wav'), cards)).toBe('five five');
    expect(await hear(recording('cards/005.wav'), cards)).toBe('eight of spades four of clubs seven of hearts');
  });

  it.skipIf(skipWithout({ recordings: hasRecordings }))(
    'understands a recorded person in a noisy room (20 dB)',
    async () => {
      const person = padded(recording('goforward.raw'), 300, 300);
      const heard = await hear(mixed(person, noise(person.length, rms(person) / 10)), [
        ...phrases,
        'go forward <meters:number> meters',
      ]);
      expect(heard).toBe('go forward ten meters');
    },
  );

  it('understands nothing in speech about something else', async () => {
    const heard: string[] = [];
    for (const sentence of FOREIGN) heard.push(await hear(await spoken(sentence)));
    expect(heard).toEqual(FOREIGN.map(() => ''));
  }, 60_000);

  it.skipIf(skipWithout({ recordings: hasRecordings }))(
    'understands nothing when people talk about something else',
    async () => {
      for (const name of ['0880', '0890', '0920', '0930']) {
        expect(await hear(recording(`librivox/sense_and_sensibility_01_austen_64kb-${name}.wav`))).toBe('');
      }
    },
  );

  it('understands nothing in noise', async () => {
    expect(await hear(noise(32_000, 2_000))).toBe('');
  });

  it('names the words that nobody can pronounce, once, and understands the rest', async () => {
    const warnings: VoiceBridgeError[] = [];
    const own = create({ onWarning: (warning) => warnings.push(warning) });
    const vocabulary = { phrases: ['frobnicate the zblorf', 'read my notes', 'hello (world|zblorf)'] };
    const sound = await spoken('read my notes');
    expect(await own.recognise(sound, vocabulary, anySignal())).toEqual({ text: 'read my notes' });
    expect(await own.recognise(sound, vocabulary, anySignal())).toEqual({ text: 'read my notes' });
    expect(warnings.map((warning) => warning.code)).toEqual(['grammar_word_unknown', 'grammar_word_unknown']);
    expect(warnings.map((warning) => warning.message).join()).toMatch(/"frobnicate".*"zblorf"/);
    await own.close();
  });

  it('hears nothing when nothing can be pronounced or nothing is expected', async () => {
    expect(await hear(await spoken('hello'), ['zblorf'])).toBe('');
    expect(await hear(await spoken('hello'), [])).toBe('');
  });

  it('kills the recogniser when the signal fires or the engine closes, and removes its files', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'voice-bridge-test-'));
    vi.stubEnv('TMPDIR', folder);
    const own = create();
    const long = new Int16Array(50 * 16_000).map((_, n) => noiseAt(n));
    const controller = new AbortController();
    const aborted = own.recognise(long, { phrases }, controller.signal);
    const closed = own.recognise(long, { phrases }, anySignal());
    setTimeout(() => controller.abort(), 50);
    await expect(aborted).rejects.toMatchObject({ code: 'aborted' });
    const closing = own.close();
    await expect(closed).rejects.toMatchObject({ code: 'aborted' });
    await closing;
    vi.unstubAllEnvs();
    expect(readdirSync(folder)).toEqual([]);
    rmdirSync(folder);
    await expect(own.recognise(long, { phrases }, anySignal())).rejects.toMatchObject({ code: 'aborted' });
  });

  it('rejects with a code when its files are gone, and with a TypeError for a malformed phrase', async () => {
    const files = {
      program: '/nonexistent/program',
      acousticModel: '/nonexistent',
      dictionary: '/nonexistent/dictionary',
    };
    const own = createPocketsphinxStt({ files });
    const sound = new Int16Array(1_600);
    await expect(own.recognise(sound, { phrases }, anySignal())).rejects.toMatchObject({ code: 'internal' });
    await expect(own.recognise(sound, { phrases: ['set (the'] }, anySignal())).rejects.toThrow(TypeError);
    await own.close();
  });

  it('gives up on a recogniser that takes too long', async () => {
    const own = create({ timeoutMs: 20 });
    const heard = own.recognise(
      new Int16Array(50 * 16_000).map((_, n) => noiseAt(n)),
      { phrases },
      anySignal(),
    );
    await expect(heard).rejects.toMatchObject({ code: 'internal', message: expect.stringContaining('20 ms') });
    await own.close();
  });
});

const SAID = [
  ...[
    'set the lamp to blue',
    'turn the lamp green',
    'make the light red',
    'turn the lamp off',
    'set the lamp to purple',
  ],
  ...['take a note buy milk', 'take a note call my mother', 'read my notes', 'what are my notes', 'roll the dice'],
  ...['start a timer for ten seconds', 'set a timer for thirty five seconds', 'start a timer for two minutes'],
  ...['hello', 'what can you do', 'thank you', 'tell me a joke', 'tell me a story', 'stop', 'please read my notes'],
];

const FOREIGN = [
  'the quick brown fox jumps over the lazy dog',
  'i would like to order a large pizza with mushrooms',
  'where is the nearest train station',
  'the weather will be cloudy with some rain tomorrow',
  'how much does it cost to fly to london',
  'the committee decided to postpone the meeting',
];

function noiseAt(n: number): number {
  return ((n * 7_919) % 4_001) - 2_000;
}

function rms(pcm: Int16Array): number {
  return Math.sqrt(pcm.reduce((sum, sample) => sum + sample * sample, 0) / pcm.length);
}
