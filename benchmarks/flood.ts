/** `npm run bench:flood`: how long the speech of one session stops while somebody floods the bridge beside it. About a minute. */
import { BridgeClient } from 'e2e/integration/support/bridge-client.ts';
import { floodWithMessages, floodWithRequests, largestGap } from 'e2e/support/flood.ts';
import { startHouse } from 'e2e/support/house.ts';
import { type Figure, writeReport } from './support/report.ts';

const RUNS = Number(process.env.RUNS ?? 10);
const ALLOWED_GAP_MS = 200;
/** A second of speech. */
const PACKETS = 50;

const house = await startHouse();
await gapDuring(async () => {});
const figures = [
  gaps('200 bad requests, 8 at a time', await gapsOf(() => floodWithRequests(house.url))),
  gaps('200 control messages at once of another client', await gapsOf(floodFromAnotherClient)),
  gaps('no flood', await gapsOf(async () => {})),
];
await house.close();
process.exitCode = writeReport('flood', figures) ? 0 : 1;

async function gapsOf(flood: () => Promise<unknown>): Promise<number[]> {
  const values: number[] = [];
  for (let run = 0; run < RUNS; run++) values.push(await gapDuring(flood));
  return values;
}

/** The largest gap in a story from the beginning of the flood to a second after its end, in ms. */
async function gapDuring(flood: () => Promise<unknown>): Promise<number> {
  const client = await BridgeClient.connect(house.url, 'talking');
  try {
    client.send({ type: 'text', text: 'tell me a story' });
    await client.waitFor('assistant', ({ state }) => state === 'speaking');
    const from = client.packets.length;
    await flood();
    const before = client.packets.length;
    await client.until(() => client.packets.length >= before + PACKETS, 'more of the story');
    return largestGap(client.packets.slice(from));
  } finally {
    await client.delete();
    await client.vanish();
  }
}

async function floodFromAnotherClient(): Promise<void> {
  const client = await BridgeClient.connect(house.url, 'flooding');
  floodWithMessages(client);
  await client.waitFor('closed');
  await client.vanish();
}

function gaps(name: string, values: readonly number[]): Figure {
  return {
    name: `largest gap: ${name}`,
    unit: 'ms',
    values,
    required: `<= ${ALLOWED_GAP_MS} ms`,
    kept: values.length >= RUNS && values.every((value) => value <= ALLOWED_GAP_MS),
  };
}
