import type { Page } from 'playwright-core';
import { closeAll } from '../../support/open-things.ts';
import { type BareCallCosts, measureBareCall } from './bare-call.ts';
import { type Latencies, measureLatencies, tappedEngines } from './latencies.ts';
import { measureMuting } from './mute-delays.ts';
import { countSignaling, measureCost, type PageCost } from './page-cost.ts';
import { connected, invite, openDesktop, openPhone, startPhoneHouse } from './phone-house.ts';
import { packetsSent } from './tapped-page.ts';

/** How late a phone's voice is, how soon it is silent when muted, in ms, and what its page costs. */
export interface PhoneFigures {
  readonly before: Latencies;
  /** After it was silent for long. */
  readonly after: Latencies;
  readonly muting: Awaited<ReturnType<typeof measureMuting>>;
  readonly costs: PhoneCosts;
}

/** Of a phone whose microphone is the browser's own. */
interface PhoneCosts {
  readonly open: PageCost;
  /** Muted, and in sight. */
  readonly muted: PageCost;
  /** Hidden, with an open microphone. */
  readonly hidden: PageCost;
  /** Of the browser itself, without a page of ours. */
  readonly bare: BareCallCosts;
  readonly mutedPacketsPerSecond: number;
  readonly signalingBytesPerSecond: number;
}

/** How long and how often is measured. */
export interface PhoneMeasuring {
  readonly chirps: number;
  readonly silenceMs: number;
  readonly taps: number;
  /** For each of the five costs. */
  readonly costMs: number;
}

/** Connects a phone to a desktop and measures it; then another one, without this test's ears, for what it costs. */
export async function measurePhone({ chirps, silenceMs, taps, costMs }: PhoneMeasuring): Promise<PhoneFigures> {
  const model = tappedEngines();
  const house = await startPhoneHouse({ engines: model.engines });
  const desktop = await openDesktop(house);
  const phone = await openPhone(house, await invite(desktop));
  await connected(desktop, phone);
  await measureLatencies(desktop, phone, model, 3);
  const before = await measureLatencies(desktop, phone, model, chirps);
  await new Promise((resolve) => setTimeout(resolve, silenceMs));
  const after = await measureLatencies(desktop, phone, model, chirps);
  const muting = await measureMuting(desktop, phone, taps);
  await phone.close();
  const measured = await measureCosts(house, desktop, costMs);
  await closeAll();
  const costs = { ...measured, bare: await measureBareCall(costMs) };
  await closeAll();
  return { before, after, muting, costs };
}

async function measureCosts(
  house: { readonly url: string },
  desktop: Page,
  costMs: number,
): Promise<Omit<PhoneCosts, 'bare'>> {
  let bytes = () => Number.NaN;
  const invitation = await invite(desktop);
  const phone = await openPhone(house, invitation, {
    device: 'grant',
    prepare: async (page) => {
      bytes = await countSignaling(page);
    },
  });
  await connected(desktop, phone, invitation.peerId);
  await phone.locator('[data-heard=true]').waitFor();
  const joining = bytes();
  if (!(joining > 0)) throw new Error('The signaling of joining was not counted');
  const open = await measureCost(phone, costMs);
  await phone.locator('.talk-button').click();
  await phone.locator('[data-heard=false]').waitFor();
  const packets = await packetsSent(phone);
  const muted = await measureCost(phone, costMs);
  const mutedPackets = (await packetsSent(phone)) - packets;
  await phone.locator('.talk-button').click();
  await phone.locator('[data-heard=true]').waitFor();
  await hide(phone);
  const hidden = await measureCost(phone, costMs);
  const seconds = costMs / 1_000;
  return {
    open,
    muted,
    hidden,
    mutedPacketsPerSecond: mutedPackets / seconds,
    signalingBytesPerSecond: (bytes() - joining) / (3 * seconds),
  };
}

/** For good, as a browser does: a hidden page is given no frames (HTML, "update the rendering"). Headless ones hide nothing. */
async function hide(page: Page): Promise<void> {
  await page.evaluate(() => {
    Object.defineProperty(document, 'visibilityState', { value: 'hidden' });
    Object.defineProperty(document, 'hidden', { value: true });
    window.requestAnimationFrame = () => 0;
    document.dispatchEvent(new Event('visibilitychange'));
  });
}
