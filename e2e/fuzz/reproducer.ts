import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import * as z from 'zod/mini';
import { type Attack, attackSchema } from './support/messages.ts';
import type { Finding } from './support/tally.ts';

const FOLDER = new URL('./reproducers/', import.meta.url);

const reproducerSchema = z.object({
  kind: z.string(),
  text: z.string(),
  /** In the order they were sent, the last ones before the finding at the end; bytes as hex. */
  attacks: z.array(attackSchema),
});

/** Writes a finding and what was sent just before it to `reproducers/`, which git ignores; gives the file's path. */
export function saveReproducer(finding: Finding, seed: number, number: number): string {
  mkdirSync(FOLDER, { recursive: true });
  const file = new URL(`${finding.kind.replaceAll(' ', '-')}-seed-${seed}-${number}.json`, FOLDER);
  const { kind, text, attacks } = finding;
  writeFileSync(file, `${JSON.stringify({ kind, text, attacks }, null, 1)}\n`);
  return file.pathname;
}

/** What such a file says was sent. Throws for a file of another kind. */
export function readReproducer(path: string): readonly Attack[] {
  const { text, attacks } = reproducerSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  const wire = /^handling ([0-9a-f]+)$/.exec(text)?.[1];
  const origin = 'as it came';
  return wire === undefined
    ? attacks
    : [...attacks, { attacker: 'outside', standing: 'five-tuple', protocol: 'any', origin, hex: wire }];
}
