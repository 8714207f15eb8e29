import { randomBytes } from 'node:crypto';
import { PAIRING_CODE_ALPHABET } from '@voice-bridge/core';
import { seededRandom } from '@voice-bridge/core/testing';
import { describe, expect, it } from 'vitest';
import { PairingSecrets } from './pairing-secrets.ts';

const secrets = new PairingSecrets(randomBytes);

describe('a secret of pairing', () => {
  it('is known again by its key, and nobody else’s key is the same', () => {
    const others = new PairingSecrets(randomBytes);
    const token = secrets.mintToken();
    expect(secrets.readToken(token.text)).toEqual(token.secret);
    expect(others.readToken(token.text)?.key).not.toBe(token.secret.key);
    expect(secrets.readToken(token.text.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A')))?.key).not.toBe(
      token.secret.key,
    );
    const credential = secrets.mintCredential();
    expect(secrets.readCredential(credential.text)).toEqual(credential.secret);
  });

  it('follows a credential, always the same one and of the same phone, that only this bridge can tell', () => {
    const credential = secrets.mintCredential();
    const next = secrets.nextCredential(credential.secret.id, credential.text);
    expect(next.secret.id).toBe(credential.secret.id);
    expect(next.text).toMatch(/^vbphone\.[\w-]{8}\.[\w-]{24}$/);
    expect(next.text).not.toBe(credential.text);
    expect(secrets.nextCredential(credential.secret.id, credential.text)).toEqual(next);
    expect(secrets.nextCredential(credential.secret.id, next.text).text).not.toBe(next.text);
    const others = new PairingSecrets(randomBytes);
    expect(others.nextCredential(credential.secret.id, credential.text).text).not.toBe(next.text);
  });

  it('is in nothing that is kept but the part that says which one is meant', () => {
    for (const { text, secret } of [secrets.mintToken(), secrets.mintCredential()]) {
      expect(text).toContain(secret.id);
      expect(secret.key).not.toContain(text.slice(-8));
      expect(JSON.stringify(secret)).not.toContain(text.slice(-24));
    }
  });

  it('fits into a WebSocket subprotocol and into the fragment of a link', () => {
    for (let n = 0; n < 50; n++) {
      expect(secrets.mintToken().text).toMatch(/^[\w-]{32}$/);
      expect(secrets.mintCredential().text).toMatch(/^vbphone\.[\w-]{8}\.[\w-]{24}$/);
    }
  });

  it.each(['', 'x', 'A'.repeat(31), 'A'.repeat(33), `${'A'.repeat(31)}ä`, `vbphone.${'A'.repeat(33)}`])(
    'cannot be %j',
    (text) => {
      expect([secrets.readToken(text), secrets.readCode(text), secrets.readCredential(text)]).toEqual([
        undefined,
        undefined,
        undefined,
      ]);
    },
  );
});

describe('a code', () => {
  it('is eight letters none of which looks like another one, each as likely as any other', () => {
    const random = seededRandom(7);
    const seeded = new PairingSecrets((length) => Uint8Array.from({ length }, () => Math.floor(random() * 256)));
    const counts = new Map<string, number>();
    const codes = 3_000;
    for (let n = 0; n < codes; n++) {
      const { text } = seeded.mintCode();
      expect(text).toMatch(/^[2-9A-HJ-KMNP-Z]{4}-[2-9A-HJ-KMNP-Z]{4}$/);
      for (const letter of text.replace('-', '')) counts.set(letter, (counts.get(letter) ?? 0) + 1);
    }
    expect([...counts.keys()].toSorted().join('')).toBe(PAIRING_CODE_ALPHABET);
    const fair = (codes * 8) / PAIRING_CODE_ALPHABET.length;
    for (const count of counts.values()) expect(Math.abs(count - fair)).toBeLessThan(4 * Math.sqrt(fair));
  });

  it('may be typed in any case, with and without its dash and with spaces', () => {
    const { text, secret } = secrets.mintCode();
    for (const typed of [text.toLowerCase(), text.replace('-', ''), ` ${text.replace('-', ' ')} `]) {
      expect(secrets.readCode(typed)).toEqual(secret);
    }
  });

  it.each(['ABCD-EFG', 'ABCD-EFGHJ', 'ABCD-EFG0', 'ABCD-EFGI', 'ABCD_EFGH'])('cannot be %s', (text) => {
    expect(secrets.readCode(text)).toBeUndefined();
  });
});
