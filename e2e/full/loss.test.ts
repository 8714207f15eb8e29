import type { Page } from 'playwright-core';
import { afterEach, describe, expect, it } from 'vitest';
import { startHouse } from '../support/house.ts';
import { scriptMicrophone } from '../support/microphone.ts';
import { cleanup, closeAll } from '../support/open-things.ts';
import { takeNetworkOf } from '../support/page-network.ts';
import { startPageRecorder, takeRecording } from '../support/page-recorder.ts';
import { hasRecogniser, recognise } from '../support/recognise.ts';
import { skipWithout } from '../support/skip.ts';
import { openPage, startTalking } from '../support/talking-page.ts';
import { exposeMedia } from '../support/two-sided-recorder.ts';

const LOSS = { lossRate: 0.1 };

afterEach(closeAll);

describe('a network that loses a tenth of all packets', () => {
  it.skipIf(skipWithout({ recogniser: hasRecogniser }))(
    '[S-3.2] [S-3.17] what is said over it is understood, and the answer is intelligible',
    async () => {
      const microphone = await scriptMicrophone([
        { silenceMs: 4_000 },
        { say: 'set the lamp to blue' },
        { silenceMs: 20_000 },
      ]);
      const house = await startHouse();
      cleanup(() => house.close());
      const page = await openPage(house, { microphone: microphone.path });
      await exposeMedia(page.context());
      await page.reload();
      const { relays } = await takeNetworkOf(page);
      await startTalking(page);
      for (const relay of relays) relay.impair({ up: LOSS, down: LOSS });
      await startPageRecorder(page);
      await page.locator('.lamp[data-colour=blue]').waitFor();
      await page.locator('[data-role=assistant][data-state=final]').waitFor();
      await page.locator('.stage[data-assistant=idle]').waitFor();
      const heard = await recognise({ pcm: await takeRecording(page), sampleRateHz: 48_000 }, [
        'the lamp is blue now',
        'the lamp is off now',
        'you have no notes yet',
        'i am fine thank you',
      ]);
      expect(await page.locator('.tools li').count()).toBe(1);
      expect(heard).toBe('the lamp is blue now');
      expect(relays).toHaveLength(1);
      expect(await lossSeenBy(page)).toBeGreaterThan(0.03);
    },
  );
});

/** The share of the assistant's packets that never came, as the page counts it. */
async function lossSeenBy(page: Page): Promise<number> {
  const share: unknown = await page.evaluate(`(async () => {
    for (const connection of window.testConnections) {
      for (const report of (await connection.getStats()).values()) {
        if (report.type === 'inbound-rtp') return report.packetsLost / (report.packetsLost + report.packetsReceived);
      }
    }
  })()`);
  return Number(share);
}
