import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createVoiceBridge } from '@voice-bridge/bridge-node';
import { listen } from '@voice-bridge/bridge-node/node';
import { afterEach, describe, expect, it } from 'vitest';
import { BridgeClient } from '../integration/support/bridge-client.ts';
import { startHouse } from '../support/house.ts';
import { cleanup, closeAll } from '../support/open-things.ts';
import { openPage, startTalking } from '../support/talking-page.ts';
import { exposeMedia } from '../support/two-sided-recorder.ts';

const KNOWN_WITHIN_MS = 6_000;
/** What the closing of a session takes, the hanging up of its call included. */
const GRACE_MS = 1_500;
const QUIET_MS = 60_000;

afterEach(closeAll);

describe('a browser', () => {
  it('[W13] [X5] that is stopped dead is known to be gone within 6 s, and its model is hung up', async () => {
    const house = await startHouse();
    cleanup(() => house.close());
    const page = await openPage(house);
    await startTalking(page);
    expect(house.bridge.sessions.list()).toHaveLength(1);
    stopProcessGroup(chromiumOf(process.pid));
    const stoppedAt = performance.now();
    await expect
      .poll(() => [house.bridge.sessions.list().length, house.model.callCount], { timeout: 15_000 })
      .toEqual([0, 0]);
    expect(performance.now() - stoppedAt).toBeLessThan(KNOWN_WITHIN_MS + GRACE_MS);
  });

  it('that sends no audio at all is not taken for gone', async () => {
    const house = await startHouse();
    cleanup(() => house.close());
    const page = await openPage(house);
    await exposeMedia(page.context());
    await page.reload();
    await startTalking(page);
    await page.evaluate(`(async () => {
      for (const connection of window.testConnections)
        for (const sender of connection.getSenders()) await sender.replaceTrack(null);
    })()`);
    const [before] = house.bridge.sessions.list();
    await page.waitForTimeout(QUIET_MS);
    expect(await page.locator('.stage[data-state=connected]').count()).toBe(1);
    expect(house.bridge.sessions.list().map(({ sessionId }) => sessionId)).toEqual([before?.sessionId]);
    expect(await page.evaluate('window.testConnections.length')).toBe(1);
  });
});

describe('a model', () => {
  it('[W13] that is stopped dead is known to be gone within 6 s, and the client is told', async () => {
    const model = await startModel();
    const bridge = createVoiceBridge({ model: { baseUrl: model.url, apiKey: 'local' } });
    const server = await listen(bridge, { host: '127.0.0.1', port: 0 });
    cleanup(async () => {
      await server.close();
      await bridge.close();
    });
    const client = await BridgeClient.connect(server.url, 'model-that-stops');
    cleanup(() => client.vanish());
    stopProcessGroup(model.pid);
    const stoppedAt = performance.now();
    const told = await client.waitFor('closed');
    expect(told).toMatchObject({ reason: 'model_closed', code: 'model_closed' });
    expect(told.at - stoppedAt).toBeLessThan(KNOWN_WITHIN_MS);
  });
});

/** The local model as a process of its own, in a process group of its own. */
async function startModel() {
  const program = fileURLToPath(new URL('./cli.js', import.meta.resolve('@voice-bridge/local-realtime')));
  const child = spawn(process.execPath, [program, '--port', '0'], {
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const { pid } = child;
  if (pid === undefined) throw new Error('The model did not start');
  // By a signal that it can act on: it has files to remove.
  cleanup(async () => {
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await gone;
  });
  let printed = '';
  const url = await new Promise<string>((resolve) => {
    child.stdout.on('data', (data) => {
      printed += String(data);
      const [found] = /http\S+/.exec(printed) ?? [];
      if (found !== undefined) resolve(found);
    });
  });
  return { pid, url };
}

/** Stops every process of the group as SIGSTOP does; they go on when the test is over. */
function stopProcessGroup(group: number): void {
  process.kill(-group, 'SIGSTOP');
  cleanup(() => void process.kill(-group, 'SIGCONT'));
}

/** The browser this process has started; it leads its own process group. */
function chromiumOf(parent: number): number {
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const [, name = '', itsParent] = /^\d+ \((.*)\) \S (\d+) /.exec(statOf(entry)) ?? [];
    if (name.startsWith('chrom') && Number(itsParent) === parent) return Number(entry);
  }
  throw new Error('No Chromium of ours is running');
}

/** `pid (name) state parent group …`; empty when the process is gone. */
function statOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return '';
  }
}
