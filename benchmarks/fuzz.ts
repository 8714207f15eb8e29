/** `npm run fuzz -- --seconds 600 --seed 1`: hostile input of every kind against a live bridge; see `e2e/fuzz`. */
import { parseArgs } from 'node:util';
import { fuzzFigures, LARGEST_GAP_MS } from 'e2e/fuzz/figures.ts';
import { readReproducer, saveReproducer } from 'e2e/fuzz/reproducer.ts';
import { runFuzz } from 'e2e/fuzz/run-fuzz.ts';
import { corporaFolder } from 'e2e/fuzz/support/corpora.ts';
import { writeReport } from './support/report.ts';

/** Shorter runs are looked at, not kept. */
const KEPT_FROM_SECONDS = 600;
const REPLAY_SECONDS = 15;

const { values } = parseArgs({
  options: {
    seconds: { type: 'string' },
    seed: { type: 'string', default: `${Date.now() % 1_000_000}` },
    rate: { type: 'string', default: '30000' },
    replay: { type: 'string' },
  },
});
const seconds = wholeNumber('seconds', values.seconds ?? `${values.replay === undefined ? 60 : REPLAY_SECONDS}`);
const seed = wholeNumber('seed', values.seed);
const corpora = corporaFolder();
console.log(`Seed ${seed}, ${seconds} s, corpora: ${corpora ?? 'none (VOICE_BRIDGE_CORPORA names no folder)'}`);

const result = await runFuzz({
  seconds,
  seed,
  corpora,
  perSecond: wholeNumber('rate', values.rate),
  ...(values.replay === undefined ? {} : { replay: readReproducer(values.replay) }),
  onFinding: ({ kind, text }) => console.error(`${kind}: ${text.slice(0, 2_000)}`),
});
for (const [number, finding] of result.tally.findings.entries()) {
  console.error(`${finding.times} x ${finding.kind}, reproducer: ${saveReproducer(finding, seed, number)}`);
}
for (const known of result.tally.standings.keys()) {
  const worst = result.tally.worst(known);
  if (worst === undefined) continue;
  const { standing, from, to, cpuMs, gcMs, hex } = worst;
  const machineMs = result.tally.machineMs({ from, to });
  const [at, lasted, cpu, gc, waited] = [from, to - from, cpuMs, gcMs, machineMs].map((ms) => ms.toFixed(2));
  console.error(
    `Worst ${standing}: ${at} + ${lasted} ms, CPU ${cpu} ms, garbage collection ${gc} ms, the machine's ${waited} ms, ${hex}`,
  );
}
for (const { stream, from, to, machineMs } of result.tally.unseenGaps(LARGEST_GAP_MS).slice(0, 20)) {
  console.error(
    `Gap: ${stream}, ${from.toFixed(0)} + ${(to - from).toFixed(0)} ms, of it the machine's ${machineMs.toFixed(0)}`,
  );
}
for (const { from, to, cpuMs, gcMs } of result.tally.stalls.slice(0, 20)) {
  const machineMs = result.tally.machineMs({ from, to });
  const [at, lasted, cpu, gc, waited] = [from, to - from, cpuMs, gcMs, machineMs].map((ms) => ms.toFixed(0));
  console.error(`Stall: ${at} + ${lasted} ms, CPU ${cpu} ms, garbage collection ${gc} ms, the machine's ${waited} ms`);
}
const command = `npm run fuzz -- --seconds ${seconds} --seed ${seed}`;
const figures = fuzzFigures(result);
const kept = writeReport('fuzz', figures, { command, write: seconds >= KEPT_FROM_SECONDS });
const broken = figures
  .filter((figure) => figure.kept === false)
  .map(({ name, values: [value] }) => `${name}: ${value}`);
console.log(kept ? 'VERDICT: nothing was found' : `VERDICT: FAILED (${broken.join('; ')})`);
process.exitCode = kept ? 0 : 1;

function wholeNumber(name: string, text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new TypeError(`--${name} takes a whole number, got ${text}`);
  return Number(text);
}
