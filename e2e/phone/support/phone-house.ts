import { tool } from '@voice-bridge/bridge-node';
import { pageFolder } from 'example-phone-microphone/page-folder';
import type { Page } from 'playwright-core';
import * as z from 'zod';
import { openBrowser } from '../../support/chromium.ts';
import { type House, type HouseOptions, startHouse } from '../../support/house.ts';
import { cleanup } from '../../support/open-things.ts';
import type { PhoneNetwork } from './phone-network.ts';
import { SOUND_TAP } from './sound-tap.ts';

/** What lets a phone in. */
export interface Invitation {
  readonly token: string;
  readonly code: string;
  readonly peerId: string;
}

const ROUTES = /^\/(voice\/[^/]+|voice-webrtc|mobile-voice)$/;
/** The desktop's page of one conversation. */
export const DESKTOP_PAGE = '/voice/kitchen';
/** For everything a page does on a busy machine. */
const PATIENCE_MS = 40_000;
const invitationSchema = z.object({ token: z.string(), code: z.string(), peer_id: z.string() });

const tools = {
  drive_forward: tool({
    description: 'Drive. Say: "go forward ten meters", "go somewhere and do something".',
    input: z.object({}),
    run: async () => ({ say: 'I am on my way.' }),
  }),
};

/** The example as a user runs it, and a model that understands the recordings. */
export async function startPhoneHouse(options: HouseOptions = {}): Promise<House> {
  const house = await startHouse({ tools, pageFolder, pageRoutes: ROUTES, ...options });
  cleanup(() => house.close());
  return house;
}

/** Opens the desktop's page, which hears only what `say` says, and starts the session. */
export async function openDesktop(house: { readonly url: string }, path = DESKTOP_PAGE): Promise<Page> {
  const page = await openDesktopPage(house, path);
  await startSession(page);
  return page;
}

/** Opens the desktop's page, and starts nothing. */
export async function openDesktopPage(house: { readonly url: string }, path = DESKTOP_PAGE): Promise<Page> {
  const page = await openTapped(false);
  await page.goto(house.url + path);
  return page;
}

/** Presses the desktop's button and waits until it is connected. */
export async function startSession(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Start session' }).click();
  await page.locator('.session[data-state=connected]').waitFor();
}

/** Presses what shows a code at the desktop. */
export async function invite(desktop: Page): Promise<Invitation> {
  const answered = desktop.waitForResponse((response) => response.url().endsWith('/api/realtime/pairing'));
  await desktop.getByRole('button', { name: /Use your phone|Add another phone/ }).click();
  const { token, code, peer_id: peerId } = invitationSchema.parse(await (await answered).json());
  await desktop.locator('.short-code').waitFor();
  return { token, code, peerId };
}

/** What is different with a phone. */
export interface PhoneOptions {
  /** Whether the browser gives its own microphone, or refuses it; default: one that hears what `say` says. */
  readonly device?: 'grant' | 'deny';
  /** Sees no candidates but those of a TURN server. */
  readonly onlyByTurn?: boolean;
  /** Called before the page is there. */
  readonly prepare?: (page: Page) => Promise<void>;
}

/** Opens the phone's page by the link of a code, in a phone, and connects it. */
export async function openPhone(
  house: { readonly url: string },
  { token }: Invitation,
  { device, onlyByTurn = false, prepare }: PhoneOptions = {},
): Promise<Page> {
  const page = await openTapped(true, device);
  await page.addInitScript(
    `Object.assign(window.voiceTap, ${JSON.stringify({ takesDevice: device !== undefined, onlyByTurn })})`,
  );
  await prepare?.(page);
  await page.goto(`${house.url}/mobile-voice#${token}`);
  await page.getByRole('button', { name: 'Connect this phone' }).click();
  return page;
}

/** {@link openPhone} behind a network of its own, by the short code. */
export async function openPhoneBehind(
  network: Pick<PhoneNetwork, 'url' | 'relayCandidate'>,
  { code }: Invitation,
): Promise<Page> {
  const page = await openTapped(true);
  await page.exposeFunction('relayCandidate', (candidate: string) => network.relayCandidate(candidate));
  await page.addInitScript('window.voiceTap.onlyRelayed = true');
  await page.goto(`${network.url}/mobile-voice`);
  await page.getByLabel('Code').fill(code);
  await page.getByRole('button', { name: 'Join' }).click();
  return page;
}

/** Resolves when both ends say that the phone is connected, straight to the desktop. */
export async function connected(desktop: Page, phone: Page, peerId = 'mobile'): Promise<void> {
  await phone.locator('.talk[data-state=connected]').waitFor();
  await desktop.locator(`[data-peer="${peerId}"][data-state=connected]`).waitFor();
}

/** Resolves when the page shows this line of the user. */
export async function understood(page: Page, text: string): Promise<void> {
  await page.locator('[data-role=user]', { hasText: text }).first().waitFor();
}

async function openTapped(phone: boolean, permission: PhoneOptions['device'] = 'grant'): Promise<Page> {
  const { context, page, close } = await openBrowser({ shareable: true, phone, permission });
  cleanup(close);
  page.setDefaultTimeout(PATIENCE_MS);
  await context.addInitScript(SOUND_TAP);
  return page;
}
