import { randomUUID } from 'node:crypto';
import { chmod, link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { CertificatePair } from './certificate-authority.ts';

/** A pair to be had from a {@link CertificateFolder}. */
export interface WantedPair {
  /** Such as `authority`: the file is `authority.pem`. */
  readonly name: string;
  readonly isGood: (pair: CertificatePair) => boolean;
  readonly make: () => Promise<CertificatePair>;
}

/** What a {@link CertificateFolder} gives. */
export interface KeptPair {
  readonly pair: CertificatePair;
  /** Whether one was kept that was not good, and this was made in its place. */
  readonly isReplaced: boolean;
}

/** Keeps certificates with their keys, each pair in a file that only its owner may read. */
export class CertificateFolder {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** The kept pair when it is good, else one that is made and kept. Where it cannot be kept, it is given all the same. */
  async get({ name, isGood, make }: WantedPair): Promise<KeptPair> {
    const file = join(this.#path, `${name}.pem`);
    const kept = await read(file);
    if (kept !== undefined && isGood(kept)) return { pair: kept, isReplaced: false };
    const isReplaced = kept !== undefined;
    const made = await make();
    try {
      await mkdir(this.#path, { recursive: true, mode: 0o700 });
      return { pair: await keep(file, made, isReplaced ? () => false : isGood), isReplaced };
    } catch {
      return { pair: made, isReplaced };
    }
  }
}

/** The folder of a user's caches, by the habits of the system. */
export function userCacheFolder(
  platform: NodeJS.Platform,
  environment: Readonly<Record<string, string | undefined>>,
): string {
  const { XDG_CACHE_HOME, LOCALAPPDATA, HOME = homedir() } = environment;
  if (platform === 'win32') return join(LOCALAPPDATA ?? join(HOME, 'AppData', 'Local'), 'voice-bridge', 'cache');
  if (platform === 'darwin') return join(HOME, 'Library', 'Caches', 'voice-bridge');
  return join(XDG_CACHE_HOME?.startsWith('/') ? XDG_CACHE_HOME : join(HOME, '.cache'), 'voice-bridge');
}

/** Undefined for a file that is not there or holds something else. */
async function read(file: string): Promise<CertificatePair | undefined> {
  try {
    const text = await readFile(file, 'utf8');
    // Whoever copied it here may have opened it to others.
    await chmod(file, 0o600);
    const [certPem] = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----\n/.exec(text) ?? [];
    const [keyPem] = /-----BEGIN PRIVATE KEY-----[^-]+-----END PRIVATE KEY-----\n/.exec(text) ?? [];
    return certPem === undefined || keyPem === undefined ? undefined : { certPem, keyPem };
  } catch {
    return undefined;
  }
}

/** Writes whole or not at all. Of two programs that start at once, the pair of the first is both's. */
async function keep(
  file: string,
  pair: CertificatePair,
  prefersOther: (other: CertificatePair) => boolean,
): Promise<CertificatePair> {
  const draft = `${file}.${randomUUID()}`;
  try {
    await writeFile(draft, pair.keyPem + pair.certPem, { mode: 0o600, flag: 'wx' });
    const first = await link(draft, file).then(
      () => true,
      () => false,
    );
    const other = first ? undefined : await read(file);
    if (other !== undefined && prefersOther(other)) return other;
    if (!first) await rename(draft, file);
    return pair;
  } finally {
    await rm(draft, { force: true });
  }
}
