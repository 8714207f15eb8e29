import { existsSync } from 'node:fs';
import { type BrowserContext, type Browser as Chromium, chromium, type Page } from 'playwright-core';

const SYSTEM_PATHS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

const FLAGS = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-dev-shm-usage',
  '--disable-background-timer-throttling',
  '--disable-renderer-backgrounding',
  '--use-fake-device-for-media-stream',
  '--autoplay-policy=no-user-gesture-required',
];

const PHONE = {
  viewport: { width: 390, height: 844 },
  // A phone has three times as many pixels: without a graphics card, painting them starves the sound.
  deviceScaleFactor: 1,
  isMobile: true,
  hasTouch: true,
  userAgent:
    'Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Mobile Safari/537.36',
};

/** How a browser is started. */
export interface BrowserOptions {
  /** The WAV the microphone plays once from the moment it is opened; silence with beeps when absent. */
  readonly microphone?: string;
  /**
   * Hands the microphone's sound on as it is. Chromium's echo canceller takes speech over the assistant for its echo at
   * first and swallows words; a scripted microphone cannot hear the assistant.
   */
  readonly unprocessed?: boolean;
  /** Whether a browser that was started alike may be used, with an empty profile; see {@link shareBrowsers}. */
  readonly shareable?: boolean;
  /** `deny` refuses the microphone; default `grant`. */
  readonly permission?: 'grant' | 'deny';
  readonly viewport?: { readonly width: number; readonly height: number };
  readonly colorScheme?: 'light' | 'dark';
  /** Emulates a phone: its screen, its touches, its name. */
  readonly phone?: boolean;
  /** Further flags of the program. */
  readonly flags?: readonly string[];
}

/** A running Chromium with one empty profile. */
export interface Browser {
  readonly context: BrowserContext;
  readonly page: Page;
  /** Every line the page wrote to its console, and every uncaught error. */
  readonly console: readonly string[];
  close(): Promise<void>;
}

/** The Chromium to use: `CHROME_PATH`, playwright's own, or a system one; `undefined` when there is none. */
export function findChromium(): string | undefined {
  const asked = process.env.CHROME_PATH;
  if (asked !== undefined && asked !== '') return asked;
  return [chromium.executablePath(), ...SYSTEM_PATHS].find((path) => path !== '' && existsSync(path));
}

/** Starts Chromium with a fake microphone, or opens an empty profile in one that runs already; throws when none is installed. */
export async function openBrowser(options: BrowserOptions = {}): Promise<Browser> {
  const { context, close } = await openContext(options);
  const page = await context.newPage();
  if (options.unprocessed === true) await page.addInitScript(askForUnprocessedSound);
  const lines: string[] = [];
  page.on('console', (message) => lines.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => lines.push(`uncaught: ${error.message}`));
  return {
    context,
    page,
    console: lines,
    close,
  };
}

/** Lets browsers that start alike be one process, each with a profile of its own. Gives the way to end those processes. */
export function shareBrowsers(): () => Promise<void> {
  const running = new Map<string, Promise<Chromium>>();
  shared = running;
  return async () => {
    shared = null;
    for (const browser of running.values()) await (await browser).close();
  };
}

/** The processes that are shared, by what they were started with; null: none is. */
let shared: Map<string, Promise<Chromium>> | null = null;

async function openContext(options: BrowserOptions): Promise<{ context: BrowserContext; close: () => Promise<void> }> {
  const args = [
    ...FLAGS,
    options.permission === 'deny' ? '--deny-permission-prompts' : '--use-fake-ui-for-media-stream',
    ...(options.flags ?? []),
    ...(options.microphone === undefined ? [] : [`--use-file-for-fake-audio-capture=${options.microphone}%noloop`]),
  ];
  const pool = options.shareable === true ? shared : null;
  const key = args.join(' ');
  const running = pool?.get(key) ?? launch(args);
  pool?.set(key, running);
  const browser = await running;
  const context = await browser.newContext({
    viewport: options.viewport ?? { width: 1100, height: 900 },
    colorScheme: options.colorScheme ?? 'light',
    ...(options.phone === true ? PHONE : {}),
  });
  return { context, close: () => (pool === null ? browser.close() : context.close()) };
}

function launch(args: string[]): Promise<Chromium> {
  const executablePath = findChromium();
  if (executablePath === undefined) throw new Error('No Chromium found: set CHROME_PATH, or run npm test once');
  return chromium.launch({
    executablePath,
    headless: true,
    chromiumSandbox: false,
    ignoreDefaultArgs: ['--mute-audio'],
    args,
  });
}

function askForUnprocessedSound(): void {
  const devices = navigator.mediaDevices;
  const ask = devices.getUserMedia.bind(devices);
  const off = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
  devices.getUserMedia = (wanted) =>
    ask({ ...wanted, audio: typeof wanted?.audio === 'object' ? { ...wanted.audio, ...off } : off });
}
