import type { CDPSession, Page } from 'playwright-core';

/** Shares of one processor, 0 to 1. */
export interface PageCost {
  /** Of the thread that runs the page. */
  readonly mainThread: number;
  /** Of all threads of all pages of this browser: sound and network of the page have threads of their own. */
  readonly renderer: number;
}

/** Counts the bytes of WebSocket messages both ways, from now on. */
export async function countSignaling(page: Page): Promise<() => number> {
  const session = await page.context().newCDPSession(page);
  let bytes = 0;
  await session.send('Network.enable');
  const count = ({ response }: { response: { payloadData: string } }) => {
    bytes += Buffer.byteLength(response.payloadData);
  };
  session.on('Network.webSocketFrameSent', count);
  session.on('Network.webSocketFrameReceived', count);
  return () => bytes;
}

/** What a page costs for `forMs` from now on; what it waits for a processor does not count. */
export async function measureCost(page: Page, forMs: number): Promise<PageCost> {
  const session = await page.context().newCDPSession(page);
  const whole = await page.context().browser()?.newBrowserCDPSession();
  if (whole === undefined) throw new TypeError('The page has no browser of ours');
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const before = { ...(await metrics(session)), renderer: await rendererSeconds(whole) };
  await new Promise((resolve) => setTimeout(resolve, forMs));
  const after = { ...(await metrics(session)), renderer: await rendererSeconds(whole) };
  await Promise.all([session.detach(), whole.detach()]);
  const seconds = after.at - before.at;
  return {
    mainThread: (after.worked - before.worked) / seconds,
    renderer: (after.renderer - before.renderer) / seconds,
  };
}

async function metrics(session: CDPSession): Promise<{ at: number; worked: number }> {
  const { metrics: list } = await session.send('Performance.getMetrics');
  const value = (name: string) => list.find((metric) => metric.name === name)?.value ?? Number.NaN;
  return { at: value('Timestamp'), worked: value('TaskDuration') };
}

async function rendererSeconds(browser: CDPSession): Promise<number> {
  const { processInfo } = await browser.send('SystemInfo.getProcessInfo');
  return processInfo.reduce((sum, { type, cpuTime }) => sum + (type === 'renderer' ? cpuTime : 0), 0);
}
