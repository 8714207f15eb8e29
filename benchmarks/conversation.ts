/** `npm run bench:conversation`: what a person waits for, in real Chromium, with the local model. About five minutes. */
import { answerTimes, connectTimes, stopTimes } from 'e2e/support/measures.ts';
import { type Figure, quantile, writeReport } from './support/report.ts';
import { uplinkCorrelations } from './support/uplink.ts';

const RUNS = Number(process.env.RUNS ?? 10);

const figures: Figure[] = [
  atMost('click to packets both ways', await connectTimes(RUNS), 1_000, 'p50 <= 1,000 ms'),
  atMost('end of speech to answer heard, silence window 300 ms', await answerTimes(RUNS, 300), 800, 'p50 <= 800 ms'),
  atMost('end of speech to answer heard, default window', await answerTimes(RUNS), 1_000, 'p50 <= 1,000 ms'),
  atMost('speech started to assistant quiet', await stopTimes(RUNS), 300, 'p50 <= 300 ms'),
  ...(await uplink()),
];
process.exitCode = writeReport('conversation', figures) ? 0 : 1;

function atMost(name: string, values: readonly number[], limit: number, required: string): Figure {
  return { name, unit: 'ms', values, required, kept: values.length >= RUNS && quantile(values, 0.5) <= limit };
}

async function uplink(): Promise<Figure[]> {
  const { synthetic, speechBand } = await uplinkCorrelations();
  return [
    correlation('uplink correlation per 200 ms, synthetic sentences', synthetic),
    correlation('uplink correlation per 200 ms above 150 Hz, with a human recording', speechBand),
  ];
}

function correlation(name: string, values: readonly number[]): Figure {
  const share = values.filter((value) => value >= 0.9).length / values.length;
  return {
    name: `${name} (${(share * 100).toFixed(1)} % at least 0.9)`,
    unit: '',
    values,
    required: '95 % of windows >= 0.9',
    kept: values.length >= 20 && share >= 0.95,
  };
}
