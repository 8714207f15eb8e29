import fc from 'fast-check';
import { expect, it } from 'vitest';
import { formatId, isConversationId } from './ids.ts';

const bytes = fc.uint8Array({ minLength: 16, maxLength: 16 });

it('writes 128 bits as 22 letters and digits behind the prefix', () => {
  expect(formatId('ses', new Uint8Array(16))).toBe(`ses_${'0'.repeat(22)}`);
  expect(formatId('ses', new Uint8Array(16).fill(255))).toBe('ses_7n42DGM5Tflk9n8mt7Fhc7');
  fc.assert(
    fc.property(bytes, (random) => {
      expect(formatId('p', random)).toMatch(/^p_[0-9A-Za-z]{22}$/);
    }),
    { seed: 1 },
  );
});

it('gives different ids for different bytes', () => {
  fc.assert(
    fc.property(bytes, bytes, (one, other) => {
      const equal = one.every((byte, index) => byte === other[index]);
      expect(formatId('p', one) === formatId('p', other)).toBe(equal);
    }),
    { seed: 2 },
  );
});

it('wants exactly 16 bytes', () => {
  expect(() => formatId('p', new Uint8Array(15))).toThrow(TypeError);
});

it.each(['a', 'user@example.com', '2026-11-21:kitchen', 'x'.repeat(128)])('takes %s as a conversation id', (id) => {
  expect(isConversationId(id)).toBe(true);
});

it.each(['', 'x'.repeat(129), 'a b', '../etc', 'a/b', 'é', 'a\n', '%2e'])('refuses %j as a conversation id', (id) => {
  expect(isConversationId(id)).toBe(false);
});
