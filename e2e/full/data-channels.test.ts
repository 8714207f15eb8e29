import { createVoiceBridge } from '@voice-bridge/bridge-node';
import { listen } from '@voice-bridge/bridge-node/node';
import { startScriptedRealtime } from '@voice-bridge/local-realtime/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { hasAiortc } from '../clients/support/aiortc-caller.ts';
import { firefoxNeeds, openFirefoxPage } from '../support/firefox.ts';
import { cleanup, closeAll } from '../support/open-things.ts';
import { skipWithout } from '../support/skip.ts';
import { openAiortcChannel } from './support/aiortc-channel.ts';
import { openFirefoxChannel } from './support/firefox-channel.ts';
import { PcmClient } from './support/pcm-client.ts';
import { shareOf } from './support/share-of.ts';

const WAIT = { timeout: 20_000 };
/** Share of what was said that is heard by who heard it, at the least. */
const LIKE = 0.3;
/** Frames at a time: what drives the page is no microphone. */
const BURST = 4;
/** A pause that a busy machine makes in the middle of a sentence does not end it. */
const PATIENT = { type: 'server_vad', silence_duration_ms: 2_000 } as const;

afterEach(closeAll);

describe.skipIf(skipWithout({ aiortc: hasAiortc, ...firefoxNeeds }))('data channels without audio', () => {
  it('[S-1.9] [S-1.13] [S-4.11] let aiortc and Firefox talk in one session: both are understood, and both hear every answer', async () => {
    const model = await startScriptedRealtime({});
    const bridge = createVoiceBridge({ model: { baseUrl: model.url, apiKey: 'sk-test', turnDetection: PATIENT } });
    const server = await listen(bridge, { host: '127.0.0.1', port: 0 });
    const close = async () => {
      await server.close();
      await bridge.close();
      await model.close();
    };
    cleanup(close);
    const firefox = await openFirefoxPage({ url: `${server.url}/health`, bridge, model, close });
    const script = new PcmClient(await openAiortcChannel(server.url, 'both'));
    cleanup(() => script.close());
    const page = new PcmClient(await openFirefoxChannel(firefox, 'both'));
    for (const [client, words, answer] of [
      [script, 'this is a script in python', 'good morning, dear snake.'],
      [page, 'and here speaks a browser', 'hello fox, nice to hear you.'],
    ] as const) {
      for (const each of [script, page]) each.forget();
      model.script([{ type: 'sentence', text: answer }]);
      await client.say(words, BURST);
      const wrong: string[] = [];
      for (const [index, each] of [script, page].entries()) {
        const lacks = (what: string) => () => wrong.push(`${index === 0 ? 'aiortc' : 'Firefox'} lacks ${what}`);
        await expect
          .poll(() => each.wasAnswered, WAIT)
          .toBe(true)
          .catch(lacks('the end of the answer'));
        await expect
          .poll(() => shareOf(words, each.lines.join(' ')), WAIT)
          .toBeGreaterThan(LIKE)
          .catch(lacks('the words'));
        await expect
          .poll(() => shareOf(answer, each.heardText()), WAIT)
          .toBeGreaterThan(LIKE)
          .catch(lacks('the sound of the answer'));
      }
      expect(wrong).toEqual([]);
    }
    expect(bridge.sessions.participants('both')?.map(({ transport }) => transport)).toEqual([
      'data_channel',
      'data_channel',
    ]);
  });
});
