import { tool } from '@voice-bridge/bridge-node';
import { afterEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { startHouse } from '../support/house.ts';
import { scriptMicrophone } from '../support/microphone.ts';
import { cleanup, closeAll } from '../support/open-things.ts';
import { startPageRecorder, takeRecording } from '../support/page-recorder.ts';
import { hasRecogniser, recognise } from '../support/recognise.ts';
import { goForwardTenMeters, hasRecordings } from '../support/recordings.ts';
import { skipWithout } from '../support/skip.ts';
import { openTalkingPage } from '../support/talking-page.ts';

afterEach(closeAll);

describe('a spoken turn', () => {
  it.skipIf(skipWithout({ recogniser: hasRecogniser, recordings: hasRecordings }))(
    '[S-1.1] [S-1.20] [S-1.27] [S-2.8] a recorded person is understood, the tool runs once on the server, the answer is heard in the page',
    async () => {
      const runs: number[] = [];
      const tools = {
        drive_forward: tool({
          description: 'Drive forward. Say: "go forward ten meters", "go forward five meters".',
          input: z.object({ meters: z.int() }),
          run: async ({ meters }) => {
            runs.push(meters);
            return { say: 'I am going forward ten meters.' };
          },
        }),
      };
      const microphone = await scriptMicrophone([
        { silenceMs: 4_000 },
        { sound: goForwardTenMeters() },
        { silenceMs: 15_000 },
      ]);
      const house = await startHouse({ tools });
      cleanup(() => house.close());
      const page = await openTalkingPage(house, { microphone: microphone.path });
      await startPageRecorder(page);
      await page.getByText('go forward ten meters', { exact: true }).waitFor();
      await page.locator('[data-role=assistant][data-state=final]').waitFor();
      await page.locator('[data-assistant=idle]').waitFor();
      const heard = await recognise({ pcm: await takeRecording(page), sampleRateHz: 48_000 }, [
        'i am going forward ten meters',
        'i am going back five meters',
        'the lamp is blue now',
        'you have no notes yet',
      ]);
      expect(runs).toEqual([10]);
      expect(heard).toBe('i am going forward ten meters');
    },
  );

  it.skipIf(skipWithout({ recogniser: hasRecogniser }))(
    '[S-4.5] the lamp on the page changes its colour when asked aloud',
    async () => {
      const microphone = await scriptMicrophone([
        { silenceMs: 4_000 },
        { say: 'set the lamp to blue' },
        { silenceMs: 15_000 },
      ]);
      const house = await startHouse();
      cleanup(() => house.close());
      const page = await openTalkingPage(house, { microphone: microphone.path });
      await page.locator('.lamp[data-colour=blue]').waitFor();
      expect(await page.locator('.tools li').count()).toBe(1);
    },
  );
});
