import { createHash, randomBytes } from 'node:crypto';
import { formatId } from '@voice-bridge/core';

const ID_BYTES = 16;

/** The seed of servers that answer from a script. */
export const SCRIPTED_SEED = 'scripted';

/** Makes ids like OpenAI's (`rtc_…`, `ek_…`), each of them new: random, or with a seed the same ones in the same order in every run. */
export function newIds(seed: string | undefined): (prefix: string) => string {
  let made = 0;
  const bytes = () => {
    if (seed === undefined) return randomBytes(ID_BYTES);
    return createHash('sha256').update(`${seed} ${made++}`).digest().subarray(0, ID_BYTES);
  };
  return (prefix) => formatId(prefix, bytes());
}
