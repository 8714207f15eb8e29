import { afterAll, afterEach, expect, it } from 'vitest';
import { shareBrowsers } from '../support/chromium.ts';
import { cleanup, closeAll } from '../support/open-things.ts';
import { hasRecogniser } from '../support/recognise.ts';
import { hasRecordings } from '../support/recordings.ts';
import { skipWithout } from '../support/skip.ts';
import { startTurnServer, turnNeeds } from '../support/turn-server.ts';
import { expectInMix, expectSound } from './support/expect-sound.ts';
import {
  connected,
  invite,
  openDesktop,
  openPhone,
  openPhoneBehind,
  startPhoneHouse,
  understood,
} from './support/phone-house.ts';
import { startRequestNetwork } from './support/request-network.ts';
import { record, say } from './support/tapped-page.ts';
import { doSomething } from './support/voices.ts';

const closeBrowsers = shareBrowsers();
afterEach(closeAll);
afterAll(closeBrowsers);

/** Two attempts to find a direct path come first. */
const DETOUR_MS = 60_000;

it.skipIf(skipWithout({ recogniser: hasRecogniser, recordings: hasRecordings }))(
  '[S-0.29] [S-0.45] without a path to the desktop a phone takes part at the bridge and says so, is understood, and goes back once there is one',
  async () => {
    const house = await startPhoneHouse();
    const desktop = await openDesktop(house);
    const nowhere = { url: house.url, relayCandidate: async () => null };
    const phone = await openPhoneBehind(nowhere, await invite(desktop));
    await phone.locator('[data-path=bridge]', { hasText: 'Through the server' }).waitFor({ timeout: DETOUR_MS });
    await desktop.locator('[data-peer=mobile][data-path=bridge]', { hasText: 'through the server' }).waitFor();

    await record(phone);
    const saidMs = await say(phone, doSomething());
    await understood(desktop, 'go somewhere and do something');
    await understood(phone, 'go somewhere and do something');
    await expectSound(phone, 'bridge received', saidMs);

    await phone.evaluate('window.voiceTap.onlyRelayed = false; dispatchEvent(new Event("online"))');
    await phone.locator('[data-path=direct]').waitFor();
    await desktop.locator('[data-peer=mobile][data-path=direct]').waitFor();
    await expectInMix(desktop, phone);
  },
);

it.skipIf(skipWithout(turnNeeds))(
  '[S-0.30] [S-0.45] a phone that only a TURN server (coturn) leads to the desktop is heard, and both say so',
  async () => {
    const { close, ...turn } = await startTurnServer();
    cleanup(close);
    const house = await startPhoneHouse({ iceServers: [turn] });
    const desktop = await openDesktop(house);
    const phone = await openPhone(house, await invite(desktop), { onlyByTurn: true });
    await connected(desktop, phone);
    await phone.locator('[data-path=relayed]').waitFor();
    await desktop.locator('[data-peer=mobile][data-path=relayed]').waitFor();
    await expectInMix(desktop, phone);
  },
);

it('[S-0.2] [S-0.5] [S-0.10] where WebSockets do not pass, phone and desktop find each other by requests and event streams', async () => {
  const house = await startPhoneHouse();
  const network = await startRequestNetwork(house.url);
  const desktop = await openDesktop(network);
  const phone = await openPhone(network, await invite(desktop));
  await connected(desktop, phone);
  await expectInMix(desktop, phone);
  expect(network.refused, 'each tried').toBeGreaterThanOrEqual(2);
  expect(network.posted, 'an offer and an answer, at least').toBeGreaterThanOrEqual(2);
});
