import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createVoiceBridge } from '@voice-bridge/bridge-node';
import { listen } from '@voice-bridge/bridge-node/node';
import { bytesToPcm16, pcm16ToBytes } from '@voice-bridge/core';
import { readToneText, startScriptedRealtime, toneText } from '@voice-bridge/local-realtime/testing';
import { afterEach, expect, it } from 'vitest';
import { cleanup, closeAll } from '../support/open-things.ts';
import { shareOf } from './support/share-of.ts';

const RATE_HZ = 24_000;
const HEADER_BYTES = 44;
const QUESTION = 'how late is it, please';
const ANSWER = 'it is a quarter past nine.';
/** A pause that a busy machine makes in the middle of a sentence does not end it. */
const PATIENT = { type: 'server_vad', silence_duration_ms: 2_000 } as const;

afterEach(closeAll);

it('[S-3.10] the script of docs/protocol.md asks a question from a file, and has the answer', async () => {
  const model = await startScriptedRealtime({ turns: [[{ type: 'sentence', text: ANSWER }]] });
  const bridge = createVoiceBridge({ model: { baseUrl: model.url, apiKey: 'sk-test', turnDetection: PATIENT } });
  const server = await listen(bridge, { host: '127.0.0.1', port: 0 });
  cleanup(async () => {
    await server.close();
    await bridge.close();
    await model.close();
  });
  const folder = mkdtempSync(join(tmpdir(), 'voice-bridge-'));
  cleanup(() => rmSync(folder, { recursive: true }));
  const [script, wav] = [join(folder, 'ask.mjs'), join(folder, 'question.wav')];
  writeFileSync(script, documentedScript());
  const silence = new Int16Array(3 * RATE_HZ);
  const sound = [toneText(QUESTION, { sampleRateHz: RATE_HZ }), silence].map((pcm) => pcm16ToBytes(pcm));
  writeFileSync(wav, Buffer.concat([Buffer.alloc(HEADER_BYTES), ...sound]));
  const url = `${server.url.replace('http', 'ws')}/ws/speech`;
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [script, wav, url], {
    encoding: 'buffer',
    timeout: 40_000,
  });
  expect(stderr.toString()).toMatch(/^user: .+\nassistant: /);
  const heard = readToneText(bytesToPcm16(stdout), RATE_HZ);
  expect(shareOf(QUESTION, stderr.toString()), `it wrote ${stderr}`).toBeGreaterThan(0.3);
  expect(shareOf(ANSWER, heard), `it heard ${heard} in ${stdout.length} bytes, and wrote ${stderr}`).toBeGreaterThan(
    0.3,
  );
});

function documentedScript(): string {
  const page = readFileSync(new URL('../../docs/protocol.md', import.meta.url), 'utf8');
  const [, script = ''] = /```js\n(.*?)```/s.exec(page) ?? [];
  return script;
}
