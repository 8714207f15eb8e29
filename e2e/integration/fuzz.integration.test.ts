import { describe, expect, it } from 'vitest';
import { fuzzFigures } from '../fuzz/figures.ts';
import { runFuzz } from '../fuzz/run-fuzz.ts';
import { corporaFolder, readCorpora } from '../fuzz/support/corpora.ts';

const SECONDS = Number(process.env.FUZZ_SECONDS ?? 30);
const STANDINGS = ['off-path', 'five-tuple', 'peer'] as const;
/** Starting and ending the processes of a run. */
const AROUND_MS = 60_000;

describe('hostile input from strangers, forgers and connected peers', () => {
  it(
    'ends, blocks and confuses nothing while four bystanders talk [W1] [W3] [W4] [W5] [W6] [W10] [W19] [W20]',
    async () => {
      const corpora = corporaFolder();
      if (corpora === undefined) console.log('Without the corpora of others: VOICE_BRIDGE_CORPORA names no folder');
      const result = await runFuzz({ seconds: SECONDS, seed: 20_261_121, corpora });
      expect(result.tally.findings.map(({ kind, text }) => `${kind}: ${text}`).join('\n')).toBe('');
      const broken = fuzzFigures(result).filter(({ kept }) => !kept);
      expect(broken.map(({ name, values }) => `${name}: ${values}`).join('\n')).toBe('');
      expect(result.tally.datagrams).toBeGreaterThan(100 * SECONDS);
      const files = readCorpora(corpora).all.length;
      for (const standing of STANDINGS) expect(result.tally.corpora[standing] ?? 0).toBeGreaterThanOrEqual(files);
    },
    SECONDS * 1_000 + AROUND_MS,
  );
});
