import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CertificatePair, createAuthority, isCurrent } from './certificate-authority.ts';
import { CertificateFolder, userCacheFolder } from './certificate-folder.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'voice-bridge-lan-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

const isGood = (pair: CertificatePair) => isCurrent(pair, Date.now());
const make = () => createAuthority('studio', Date.now());
const ask = (path = join(folder, 'kept')) => new CertificateFolder(path).get({ name: 'authority', isGood, make });
const get = async (path?: string) => (await ask(path)).pair;
const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);

describe('a folder of certificates', () => {
  it('keeps a pair from start to start, in a file that only its owner reads', async () => {
    const made = await get();
    expect(await get()).toEqual(made);
    expect(readdirSync(join(folder, 'kept'))).toEqual(['authority.pem']);
    expect(modeOf(join(folder, 'kept', 'authority.pem'))).toBe('600');
    expect(modeOf(join(folder, 'kept'))).toBe('700');
  });

  it('closes a file that somebody opened to others', async () => {
    const made = await get();
    const file = join(folder, 'kept', 'authority.pem');
    chmodSync(file, 0o644);
    expect(await get()).toEqual(made);
    expect(modeOf(file)).toBe('600');
  });

  it.each(['', 'not a certificate', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'])(
    'makes a new pair in place of %j',
    async (text) => {
      await get();
      writeFileSync(join(folder, 'kept', 'authority.pem'), text);
      const made = await get();
      expect(isGood(made)).toBe(true);
      expect(await get()).toEqual(made);
    },
  );

  it('says when one that was kept was not good, and only then', async () => {
    expect((await ask()).isReplaced).toBe(false);
    const { certPem } = await make();
    const { keyPem } = await make();
    writeFileSync(join(folder, 'kept', 'authority.pem'), keyPem + certPem);
    expect((await ask()).isReplaced).toBe(true);
    expect((await ask()).isReplaced).toBe(false);
  });

  it('gives two programs that start at once the same pair', async () => {
    const [first, ...others] = await Promise.all([get(), get(), get(), get()]);
    for (const other of others) expect(other).toEqual(first);
    expect(await get()).toEqual(first);
    expect(readdirSync(join(folder, 'kept'))).toEqual(['authority.pem']);
  });

  it('gives a pair all the same where nothing can be kept', async () => {
    writeFileSync(join(folder, 'file'), '');
    expect(isGood(await get(join(folder, 'file', 'below')))).toBe(true);
  });
});

describe('the cache folder of a user', () => {
  it('is where the system has it', () => {
    expect(userCacheFolder('linux', { HOME: '/home/ada' })).toBe('/home/ada/.cache/voice-bridge');
    expect(userCacheFolder('linux', { HOME: '/home/ada', XDG_CACHE_HOME: '/caches' })).toBe('/caches/voice-bridge');
    expect(userCacheFolder('linux', { HOME: '/home/ada', XDG_CACHE_HOME: 'here' })).toBe(
      '/home/ada/.cache/voice-bridge',
    );
    expect(userCacheFolder('darwin', { HOME: '/Users/ada' })).toBe('/Users/ada/Library/Caches/voice-bridge');
    expect(userCacheFolder('win32', { LOCALAPPDATA: 'C:' })).toContain('voice-bridge');
  });
});
