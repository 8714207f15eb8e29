import type { CDPSession, Page } from 'playwright-core';

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

/** The share of `forMs` from now on that the page's main thread has a processor for; what it waits for one does not count. */
export async function busyShare(page: Page, forMs: number): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const before = await metrics(session);
  await new Promise((resolve) => setTimeout(resolve, forMs));
  const after = await metrics(session);
  return (after.worked - before.worked) / (after.at - before.at);
}

async function metrics(session: CDPSession): Promise<{ at: number; worked: number }> {
  const { metrics: list } = await session.send('Performance.getMetrics');
  const value = (name: string) => list.find((metric) => metric.name === name)?.value ?? Number.NaN;
  return { at: value('Timestamp'), worked: value('TaskDuration') };
}
