import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { readCorpora } from './corpora.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function corpora(files: Readonly<Record<string, string | Buffer>>) {
  const folder = mkdtempSync(join(tmpdir(), 'corpora-'));
  folders.push(folder);
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  return readCorpora(folder);
}

it("decodes Go's fuzz format and tables of STUN messages, and takes every other file as it is", () => {
  const seeds = corpora({
    'pion-dtls': 'go test fuzz v1\n[]byte("\\x16\\xfe\\"a\\n\\\\0")\nbyte(\'7\')\n',
    'pion-stun.csv': '# comment\nip,message,crc\n192.0.2.1:5,AAEAACESpEI=,1\n',
    'rtp.bin': Buffer.of(0x80, 0),
    'crash-1': Buffer.of(1),
    LICENSE: 'MIT',
  });
  const named = seeds.all.map(({ name, protocol, bytes }) => [name, protocol, bytes.toString('hex')]);
  expect(named).toEqual([
    ['crash-1', 'any', '01'],
    ['pion-dtls', 'dtls', '16fe22610a5c30'],
    ['pion-stun.csv row 0', 'stun', '000100002112a442'],
    ['rtp.bin', 'rtp', '8000'],
  ]);
  expect(seeds.of('rtp').map(({ name }) => name)).toEqual(['crash-1', 'rtp.bin']);
});

it('gives nothing without a folder', () => {
  expect(readCorpora(undefined).all).toEqual([]);
});
