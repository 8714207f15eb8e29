import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import puppeteer, { type Browser, type Page } from 'puppeteer-core';
import type { House } from './house.ts';
import { cleanup } from './open-things.ts';
import { hasPulseAudio, type SoundServer, startSoundServer } from './pulse-audio.ts';

const CLOSE_MS = 5_000;
const WAIT_MS = 20_000;

const PREFERENCES = {
  'media.autoplay.default': 0,
  'media.autoplay.blocking_policy': 0,
  'media.peerconnection.ice.loopback': true,
  'app.update.enabled': false,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
};

/** How a Firefox is started. */
export interface FirefoxOptions {
  /** `deny` refuses the microphone; default `grant`. */
  readonly permission?: 'grant' | 'deny';
  /** Whether its candidates are `.local` names instead of addresses; default false. */
  readonly hideAddresses?: boolean;
  /** Whether its offers wait until every candidate is in them; default false: then there is none in them. */
  readonly gatherFirst?: boolean;
}

/** The page of the demo in a running Firefox. */
export interface FirefoxPage {
  readonly page: Page;
  readonly sound: SoundServer;
  /** Every line the page wrote to its console, and every uncaught error. */
  readonly console: readonly string[];
}

/** The Firefox to use, found on PATH; `undefined` when there is none. */
function findFirefox(): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return ['firefox-esr', 'firefox']
    .flatMap((name) => folders.map((folder) => join(folder, name)))
    .find((path) => existsSync(path));
}

/** What tests with Firefox need, for `skipWithout`. */
export const firefoxNeeds = {
  'Firefox (firefox-esr)': findFirefox() !== undefined,
  'PulseAudio (pulseaudio, pulseaudio-utils)': hasPulseAudio,
};

/** Opens the demo page in a fresh Firefox with a sound server of its own; both end with the test. */
export async function openFirefoxPage(house: House, options: FirefoxOptions = {}): Promise<FirefoxPage> {
  const { browser, sound } = await launchFirefox(options);
  const page = await browser.newPage();
  page.setDefaultTimeout(WAIT_MS);
  const lines: string[] = [];
  page.on('console', (message) => lines.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => lines.push(`uncaught: ${String(error)}`));
  await page.evaluateOnNewDocument(watchConnections, options.gatherFirst === true);
  await page.goto(house.url);
  return { page, sound, console: lines };
}

/** Starts a Firefox with a sound server of its own; both end with the test. */
export async function launchFirefox(options: FirefoxOptions): Promise<{ browser: Browser; sound: SoundServer }> {
  const executablePath = findFirefox();
  if (executablePath === undefined) throw new Error('No Firefox found: install firefox-esr');
  const sound = await startSoundServer();
  cleanup(() => sound.close());
  const browser = await puppeteer.launch({
    browser: 'firefox',
    executablePath,
    headless: true,
    env: { ...process.env, ...sound.environment },
    extraPrefsFirefox: {
      ...PREFERENCES,
      ...(options.permission === 'deny'
        ? { 'permissions.default.microphone': 2 }
        : { 'media.navigator.permission.disabled': true }),
      'media.peerconnection.ice.obfuscate_host_addresses': options.hideAddresses === true,
    },
  });
  cleanup(() => closeBrowser(browser));
  return { browser, sound };
}

/** Presses the one button and waits until the page is connected. */
export async function startTalking({ page }: FirefoxPage): Promise<void> {
  await page.locator('.orb').click();
  await page.waitForSelector('.stage[data-state=connected]');
}

/** Types a message and sends it. */
export async function type({ page }: FirefoxPage, text: string): Promise<void> {
  await page.locator('#text').fill(text);
  await page.locator('.composer button').click();
}

/** What one connection of a page counts, from its own `getStats`. */
export interface PageStats {
  readonly packetsSent: number;
  readonly packetsReceived: number;
  /** Sound that arrived, as the sum of squares over time (W3C webrtc-stats, totalAudioEnergy). */
  readonly audioEnergy: number;
  readonly localAddress: string;
}

/** The statistics of the page's newest connection. */
export async function statsOf({ page }: FirefoxPage): Promise<PageStats> {
  return page.evaluate(async () => {
    const seen: unknown = Reflect.get(window, 'testConnections');
    const newest: unknown = Array.isArray(seen) ? seen.at(-1) : undefined;
    if (!(newest instanceof RTCPeerConnection)) throw new Error('The page has no connection');
    const counted = { packetsSent: 0, packetsReceived: 0, audioEnergy: 0, localAddress: '' };
    for (const report of (await newest.getStats()).values()) {
      if (report.type === 'outbound-rtp') counted.packetsSent += report.packetsSent;
      if (report.type === 'inbound-rtp') {
        counted.packetsReceived += report.packetsReceived;
        counted.audioEnergy += report.totalAudioEnergy ?? 0;
      }
      if (report.type === 'local-candidate') counted.localAddress = report.address ?? '';
    }
    return counted;
  });
}

/** The newest offer as the page sent it, and the answer it took. */
export async function descriptionsOf({ page }: FirefoxPage): Promise<{ offer: string; answer: string }> {
  return page.evaluate(() => {
    const connections: unknown = Reflect.get(window, 'testConnections');
    const offers: unknown = Reflect.get(window, 'testOffers');
    const newest: unknown = Array.isArray(connections) ? connections.at(-1) : undefined;
    if (!(newest instanceof RTCPeerConnection) || !Array.isArray(offers)) throw new Error('The page has no connection');
    return { offer: String(offers.at(-1)), answer: newest.remoteDescription?.sdp ?? '' };
  });
}

/** Runs in the page, before it loads. */
function watchConnections(gatherFirst: boolean): void {
  const connections: RTCPeerConnection[] = [];
  const offers: string[] = [];
  window.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(configuration?: RTCConfiguration) {
      super(configuration);
      connections.push(this);
    }

    override async setLocalDescription(description?: RTCLocalSessionDescriptionInit): Promise<void> {
      await super.setLocalDescription(description);
      while (gatherFirst && this.iceGatheringState !== 'complete') {
        await new Promise((resolve) => this.addEventListener('icegatheringstatechange', resolve, { once: true }));
      }
    }
  };
  const send = window.fetch.bind(window);
  window.fetch = (resource, init) => {
    if (typeof init?.body === 'string') {
      const { offer } = JSON.parse(init.body);
      if (typeof offer === 'string') offers.push(offer);
    }
    return send(resource, init);
  };
  Object.assign(window, { testConnections: connections, testOffers: offers });
}

/** Asks it to end; a Firefox that does not is ended by its process id. */
async function closeBrowser(browser: Browser): Promise<void> {
  const program = browser.process();
  const timer = setTimeout(() => program?.kill('SIGKILL'), CLOSE_MS);
  await browser.close().catch(() => {});
  clearTimeout(timer);
}
