import type { RealtimeItem } from '@openai/agents-realtime';
import type { LocalRealtime } from '@voice-bridge/local-realtime';
import type { Page } from 'playwright-core';
import { openBrowser } from '../../support/chromium.ts';
import { cleanup } from '../../support/open-things.ts';
import { mintClientSecret } from '../snippets/openai.ts';
import type { RawEvent } from './transport-log.ts';

const DEADLINE_MS = 20_000;

/** A session of agents-realtime in Chromium, not connected yet. */
export interface BrowserAgent {
  readonly page: Page;
  /** Mints a client secret as an application's server does, and connects with it; also again. */
  connect(): Promise<void>;
  /** Types a message. */
  send(text: string): Promise<void>;
  /** Says mono PCM16 at 24 kHz; resolves when it is said. */
  say(pcm: Int16Array): Promise<void>;
  /** Resolves with the first event of this type after the last that was waited for. */
  event(type: string): Promise<RawEvent>;
  history(): Promise<readonly RealtimeItem[]>;
  /** Resolves when the transport is in this state. */
  status(status: 'connected' | 'disconnected'): Promise<void>;
  /** Errors of the session; events that its schemas refused; lines on the console. */
  complaints(): Promise<readonly string[]>;
}

/** Opens the page; the browser closes with the test. Without the WAV of a machine's microphone the page says what it is told to. */
export async function browserAgent(pageUrl: string, model: LocalRealtime, microphone?: string): Promise<BrowserAgent> {
  const kind = microphone === undefined ? 'said' : 'machine';
  const browser = await openBrowser(microphone === undefined ? { shareable: true } : { microphone, unprocessed: true });
  cleanup(() => browser.close());
  const { page } = browser;
  page.setDefaultTimeout(DEADLINE_MS);
  await page.goto(pageUrl);
  await page.evaluate((options) => window.makeAgent(options), { url: model.url, microphone: kind } as const);
  let seen = 0;
  return {
    page,
    async connect() {
      const clientSecret = await mintClientSecret(model.url);
      await page.evaluate((secret) => window.agent.connect(secret), clientSecret);
    },
    send: (text) => page.evaluate((message) => window.agent.session.sendMessage(message), text),
    say: (pcm) => page.evaluate((said) => window.agent.say(said), base64(pcm)),
    async event(type) {
      const found = await page.waitForFunction(
        ([wanted, from]) => {
          const { events } = window.agent.log;
          const index = events.findIndex((each, i) => i >= from && each.type === wanted);
          const event = events[index];
          return event === undefined ? null : { index, event };
        },
        [type, seen] as const,
      );
      const value = await found.jsonValue();
      if (value === null) throw new Error(`No ${type}`);
      seen = value.index + 1;
      return value.event;
    },
    history: () => page.evaluate(() => window.agent.session.history),
    async status(status) {
      await page.waitForFunction((wanted) => window.agent.transport.status === wanted, status);
    },
    async complaints() {
      const told = await page.evaluate(() => {
        const refused = window.agent.log.misfits().map((event) => `refused: ${JSON.stringify(event)}`);
        return [...window.agent.errors, ...refused];
      });
      return [...told, ...browser.console];
    },
  };
}

function base64(pcm: Int16Array): string {
  return Buffer.from(Int16Array.from(pcm).buffer).toString('base64');
}
