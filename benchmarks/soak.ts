/** `npm run soak`: eight people talk at once for `MINUTES` (default 10), coming and going; nothing may pile up. */
import { BridgeClient } from 'e2e/integration/support/bridge-client.ts';
import { startHouse } from 'e2e/support/house.ts';
import { heldInTheEnd } from 'e2e/support/open-handles.ts';
import { type Figure, writeReport } from './support/report.ts';

const MINUTES = Number(process.env.MINUTES ?? 10);
const PEOPLE = 8;
const SAMPLE_MS = 5_000;
const ALLOWED_GROWTH = 0.2;

const house = await startHouse();
await talkOnce('warm-up');
const resident: number[] = [];
const sampler = setInterval(() => resident.push(process.memoryUsage().rss / 2 ** 20), SAMPLE_MS);
const until = performance.now() + MINUTES * 60_000;
const talks = await Promise.all(Array.from({ length: PEOPLE }, (_, person) => talkUntil(until, `person-${person}`)));
clearInterval(sampler);
const held = await heldInTheEnd();
const sessions = house.bridge.sessions.list().length + house.model.callCount;
await house.close();

const failures = talks.flatMap((each) => each.failures);
for (const failure of failures) console.error(failure);
const kept = writeReport('soak', [
  count('conversations held', [talks.reduce((sum, each) => sum + each.held, 0)], 'at least 1', (value) => value > 0),
  count('conversations that failed', [failures.length], '0', (value) => value === 0),
  memory(),
  count('sessions and calls left', [sessions], '0', (value) => value === 0),
  count('ports, connections and timers left', [held.length], '0', (value) => value === 0),
]);
process.exitCode = kept ? 0 : 1;

async function talkUntil(end: number, name: string) {
  let held = 0;
  const failed: string[] = [];
  while (performance.now() < end) {
    try {
      await talkOnce(name);
      held++;
    } catch (error) {
      failed.push(error instanceof Error ? error.message : String(error));
    }
  }
  return { held, failures: failed };
}

async function talkOnce(conversationId: string): Promise<void> {
  const client = await BridgeClient.connect(house.url, conversationId);
  try {
    for (const text of ['set the lamp to blue', 'roll the dice']) {
      client.send({ type: 'text', text });
      await client.waitFor('assistant', ({ state }) => state === 'speaking');
      await client.waitFor('assistant', ({ state }) => state === 'idle');
    }
  } finally {
    await client.delete();
    await client.vanish();
  }
}

/** The mean of the last third against the mean of the second: the first is warm-up. */
function memory(): Figure {
  const third = Math.floor(resident.length / 3);
  const growth = mean(resident.slice(2 * third)) / mean(resident.slice(third, 2 * third)) - 1;
  return {
    name: `resident memory (${(growth * 100).toFixed(1)} % growth from the second to the last third)`,
    unit: 'MB',
    values: resident,
    required: `growth <= ${ALLOWED_GROWTH * 100} %`,
    kept: growth <= ALLOWED_GROWTH,
  };
}

function count(name: string, values: readonly number[], required: string, fits: (value: number) => boolean): Figure {
  return { name, unit: '', values, required, kept: values.every(fits) };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
