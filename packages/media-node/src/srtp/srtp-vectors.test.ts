import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { AesBlocks } from './aes-blocks.ts';
import { AesCmTransform } from './aes-cm-transform.ts';
import { AesGcmTransform } from './aes-gcm-transform.ts';
import { HmacSha1 } from './hmac-sha1.ts';
import { deriveSessionKeys } from './key-derivation.ts';

const hex = (text: string) => new Uint8Array(Buffer.from(text, 'hex'));
const toHex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const none = new Uint8Array();

/** The text in a buffer with room for tag and index. */
function roomy(text: string): Uint8Array {
  const buffer = new Uint8Array(text.length / 2 + 20);
  buffer.set(hex(text));
  return buffer;
}

describe('RFC 3711 appendix B', () => {
  const vectors = {
    B2_aes_cm: {
      sessionKey: '2b7e151628aed2a6abf7158809cf4f3c',
      sessionSalt: 'f0f1f2f3f4f5f6f7f8f9fafbfcfd',
      keystream48: 'e03ead0935c95e80e166b16dd92b4eb4d23513162b02d0f72a43a2fe4a5f97ab41e95b3bb0a2e8dd477901e4fca894c0',
    },
    B3_kdf: {
      masterKey: 'e1f97a0d3e018be0d64fa32c06de4139',
      masterSalt: '0ec675ad498afeebb6960b3aabe6',
      cipherKey: 'c61e7a93744f39ee10734afe3ff7a087',
      cipherSalt: '30cbbc08863d8c85d49db34a9ae1',
      authKey160: 'cebe321f6ff7716b6fd4ab49af256a156d38baa4',
    },
  };

  it('B.2: makes the AES-CM keystream', () => {
    const { sessionKey, sessionSalt, keystream48 } = vectors.B2_aes_cm;
    const session = { encryption: hex(sessionKey), salt: hex(sessionSalt), authentication: none };
    const packet = new Uint8Array(12 + 48 + 20);
    new AesCmTransform(session, session).sealRtp(packet, 12, 60, 0, 0);
    expect(toHex(packet.subarray(12, 60))).toBe(keystream48);
  });

  it('B.3: derives the session keys', () => {
    const { masterKey, masterSalt, cipherKey, cipherSalt, authKey160 } = vectors.B3_kdf;
    const keys = { masterKey: hex(masterKey), masterSalt: hex(masterSalt) };
    const { rtp } = deriveSessionKeys({ profile: 'AES_CM_128_HMAC_SHA1_80', ...keys });
    expect(toHex(rtp.encryption)).toBe(cipherKey);
    expect(toHex(rtp.salt)).toBe(cipherSalt);
    expect(toHex(rtp.authentication)).toBe(authKey160);
  });

  const file = join(process.env.VOICE_BRIDGE_CORPORA ?? '', 'rfc-vectors/rfc3711-srtp.json');
  it.skipIf(!existsSync(file))('are the published ones (VOICE_BRIDGE_CORPORA)', () => {
    const published: unknown = JSON.parse(readFileSync(file, 'utf8'));
    expect(z.looseObject({}).parse(published)).toMatchObject(vectors);
  });
});

describe('RFC 7714', () => {
  const session = {
    encryption: hex('000102030405060708090a0b0c0d0e0f'),
    salt: hex('517569642070726f2071756f'),
    authentication: none,
  };
  const transform = () => new AesGcmTransform(session, session);

  it('16.1.1 and 16.1.2: encrypts, tags and decrypts an RTP packet', () => {
    const plain =
      '8040f17b8041f8d35501a0b247616c6c696120657374206f6d6e69732064697669736120696e207061727465732074726573';
    const sealed =
      '8040f17b8041f8d35501a0b2f24de3a3fb34de6cacba861c9d7e4bcabe633bd50d294e6f42a5f47a51c7d19b36de3adf8833' +
      '899d7f27beb16a9152cf765ee4390cce';
    const buffer = roomy(plain);
    transform().sealRtp(buffer, 12, 50, 0x5501a0b2, 0xf17b);
    expect(toHex(buffer.subarray(0, 66))).toBe(sealed);
    expect(transform().openRtp(buffer, 12, 66, 0x5501a0b2, 0xf17b)).toBe(true);
    expect(toHex(buffer.subarray(0, 50))).toBe(plain);
  });

  it('17.1 and 17.2: encrypts, tags and decrypts an RTCP packet', () => {
    const plain =
      '81c8000d4d6172734e5450314e545032525450200000042a0000e9304c756e61deadbeefdeadbeefdeadbeefdeadbeefdeadbeef';
    const sealed =
      '81c8000d4d61727363e94885dcdab67ca727d7662f6b7e997ff5c0f76c06f32dc676a5f1730d6fda4ce09b4686303ded0bb9275b' +
      'c84aa45896cf4d2fc5abf87245d9eade800005d4';
    const buffer = roomy(plain);
    transform().sealRtcp(buffer, 52, 0x4d617273, 0x5d4);
    expect(toHex(buffer)).toBe(sealed);
    expect(transform().rtcpIndexWord(buffer, 72)).toBe(0x800005d4);
    expect(transform().openRtcp(buffer, 72, 0x4d617273, 0x5d4)).toBe(true);
    expect(toHex(buffer.subarray(0, 52))).toBe(plain);
  });
});

describe('the parts of it', () => {
  it('HMAC-SHA1 is that of RFC 2202, at every length around its blocks as node:crypto has it', async () => {
    const { createHmac } = await import('node:crypto');
    const key = new Uint8Array(20).fill(0x0b);
    const hmac = new HmacSha1(key);
    const message = Uint8Array.from({ length: 300 }, (_, index) => (index * 7) & 0xff);
    for (let length = 0; length <= message.length; length++) {
      const words = [...hmac.digest(message, length)]
        .map((word) => (word >>> 0).toString(16).padStart(8, '0'))
        .join('');
      expect(words).toBe(createHmac('sha1', key).update(message.subarray(0, length)).digest('hex'));
    }
    const [first = 0] = hmac.digest(new TextEncoder().encode('Hi There'), 8);
    expect(first >>> 0).toBe(0xb6173186);
    expect(() => new HmacSha1(new Uint8Array(65))).toThrow(TypeError);
  });

  it('AES-128 is that of FIPS 197', () => {
    const blocks = new AesBlocks(hex('000102030405060708090a0b0c0d0e0f'));
    expect(toHex(blocks.encrypt(hex('00112233445566778899aabbccddeeff')))).toBe('69c4e0d86a7b0430d8cdb78070b4c55a');
  });
});
