import { Resampler, type VoiceBridgeError } from '@voice-bridge/core';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { skipWithout } from '../testing/skip-without.ts';
import { anySignal, installedRecogniser, spoken } from './engine-test-support.ts';
import { type SpeechWorker, type SpeechWorkerOptions, startSpeechWorker } from './speech-worker-client.ts';
import { sttEngineContract } from './stt/stt-engine.contract.ts';
import { createFliteTts } from './tts/flite-tts.ts';
import { ttsEngineContract } from './tts/tts-engine.contract.ts';

const missing = skipWithout({ recogniser: installedRecogniser !== undefined });
const open: SpeechWorker[] = [];
const warnings: VoiceBridgeError[] = [];

async function start(options: SpeechWorkerOptions = {}): Promise<SpeechWorker> {
  const worker = await startSpeechWorker({ ...options, onWarning: (warning) => warnings.push(warning) });
  open.push(worker);
  return worker;
}

afterEach(async () => {
  vi.unstubAllEnvs();
  warnings.length = 0;
  await Promise.all(open.splice(0).map((worker) => worker.close()));
});

const shared = await startSpeechWorker();
afterAll(() => shared.close());
ttsEngineContract(
  'the speech worker',
  () => shared.tts,
  missing ? undefined : async (pcm) => (await shared.stt.recognise(at16kHz(pcm), { phrases: HEARD }, anySignal())).text,
);
if (!missing)
  sttEngineContract(
    'the speech worker',
    () => shared.stt,
    (text) => spoken(text),
  );

const HEARD = ['the lamp is (red|green|blue) now', 'you have no notes', 'good morning'];

describe('the speech worker', () => {
  it('speaks as the voice does in the own thread, at no cost to that thread', async () => {
    const { tts } = await start();
    const request = { text: 'This is a sentence that takes a while to say, and then some more.', voice: 'cedar' };
    const own = process.threadCpuUsage();
    const expected = await createFliteTts().speak(request, anySignal());
    const ownCost = process.threadCpuUsage(own);
    const elsewhere = process.threadCpuUsage();
    const sounds = await Promise.all(Array.from({ length: 10 }, () => tts.speak(request, anySignal())));
    const cost = process.threadCpuUsage(elsewhere);
    for (const pcm of sounds) expect(pcm).toEqual(expected);
    expect(cost.user + cost.system).toBeLessThan(ownCost.user + ownCost.system);
  });

  it('gives up what is aborted at once, also while it waits in line, and goes on with the rest', async () => {
    const { tts } = await start();
    const controller = new AbortController();
    const long = { text: 'A very long sentence. '.repeat(20), voice: 'marin' };
    const before = performance.now();
    await tts.speak(long, anySignal());
    const oneLasts = performance.now() - before;
    const first = tts.speak({ text: 'Hello.', voice: 'marin' }, anySignal());
    const waiting = Array.from({ length: 30 }, () => tts.speak(long, controller.signal));
    const last = tts.speak({ text: 'Hello.', voice: 'marin' }, anySignal());
    await first;
    controller.abort();
    for (const sound of waiting) await expect(sound).rejects.toMatchObject({ code: 'aborted' });
    const aborted = performance.now();
    expect(await last).toEqual(await first);
    // The one that was under way is said to its end; twenty-nine are not.
    expect(performance.now() - aborted).toBeLessThan(oneLasts * 10);
  });

  it('rejects what was under way when it is closed, and everything after', async () => {
    const worker = await start();
    const sound = worker.tts.speak({ text: 'A very long sentence. '.repeat(50), voice: 'marin' }, anySignal());
    const closing = worker.close();
    await expect(sound).rejects.toMatchObject({ code: 'aborted' });
    await closing;
    await worker.close();
    await expect(worker.tts.speak({ text: 'Hello.', voice: 'marin' }, anySignal())).rejects.toMatchObject({
      code: 'aborted',
    });
    expect(warnings).toEqual([]);
  });

  it('rejects what was under way when the thread is stuck and ended, says so, and works again in another thread', async () => {
    const { tts } = await start({ stuckAfterMs: 2_000 });
    // Four hundred seconds of speech are 16 s of work.
    const endless = tts.speak({ text: 'A very long sentence. '.repeat(300), voice: 'marin' }, anySignal());
    const behind = tts.speak({ text: 'Hello.', voice: 'marin' }, anySignal());
    await expect(endless).rejects.toMatchObject({ code: 'internal', message: 'The speech worker ended' });
    await expect(behind).rejects.toMatchObject({ code: 'internal' });
    expect(warnings.map((warning) => warning.code)).toEqual(['internal']);
    expect((await tts.speak({ text: 'Hello.', voice: 'marin' }, anySignal())).length).toBeGreaterThan(5_000);
  });

  it.skipIf(missing)('passes on which words cannot be pronounced', async () => {
    const worker = await start();
    await worker.stt.recognise(new Int16Array(0), { phrases: ['hello', 'hello zblorf'] }, anySignal());
    expect(warnings.map(({ code, message }) => [code, message])).toEqual([
      ['grammar_word_unknown', expect.stringContaining('"zblorf"')],
    ]);
  });

  it('says that there is no recogniser when PATH holds none', async () => {
    vi.stubEnv('PATH', '/nonexistent');
    const { stt, tts } = await start();
    expect(stt.name).toBe('none');
    await expect(stt.recognise(new Int16Array(160), { phrases: ['hello'] }, anySignal())).rejects.toMatchObject({
      code: 'recogniser_missing',
    });
    expect((await tts.speak({ text: 'Hello.', voice: 'marin' }, anySignal())).length).toBeGreaterThan(5_000);
  });
});

function at16kHz(pcm: Int16Array): Int16Array {
  return new Resampler(24_000, 16_000).process(pcm);
}
