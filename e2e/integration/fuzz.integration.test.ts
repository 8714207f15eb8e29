import { describe, expect, it } from 'vitest';
import { fuzzFigures, LARGEST_GAP_MS } from '../fuzz/figures.ts';
import { type FuzzResult, runFuzz } from '../fuzz/run-fuzz.ts';
import { corporaFolder, readCorpora } from '../fuzz/support/corpora.ts';

const SECONDS = Number(process.env.FUZZ_SECONDS ?? 30);
const STANDINGS = ['off-path', 'five-tuple', 'peer'] as const;
/** Starting and ending the processes of a run. */
const AROUND_MS = 60_000;

/** Each gap that nothing explains, with its length and the machine's part of it. */
function unseen({ tally }: FuzzResult): readonly string[] {
  return tally
    .unseenGaps(LARGEST_GAP_MS)
    .map(
      ({ stream, from, to, machineMs }) =>
        `${stream}: ${Math.round(to - from)} ms, the machine ${Math.round(machineMs)} ms`,
    );
}

describe('hostile input from strangers, forgers and connected peers', () => {
  it(
    'ends, blocks and confuses nothing while four bystanders talk [W1] [W3] [W4] [W5] [W6] [W10] [W19] [W20]',
    async () => {
      const corpora = corporaFolder();
      if (corpora === undefined) console.log('Without the corpora of others: VOICE_BRIDGE_CORPORA names no folder');
      const result = await runFuzz({ seconds: SECONDS, seed: 20_261_121, corpora });
      const findings = result.tally.findings.map(({ kind, text }) => `${kind}: ${text}`);
      expect(findings, findings.join('\n')).toEqual([]);
      const broken = fuzzFigures(result).flatMap(({ kept, name, values }) => (kept ? [] : [`${name}: ${values}`]));
      expect(broken, [...broken, ...unseen(result)].join('; ')).toEqual([]);
      expect(result.tally.datagrams).toBeGreaterThan(100 * SECONDS);
      const files = readCorpora(corpora).all.length;
      for (const standing of STANDINGS) expect(result.tally.corpora[standing] ?? 0).toBeGreaterThanOrEqual(files);
    },
    SECONDS * 1_000 + AROUND_MS,
  );
});
