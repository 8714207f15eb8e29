import { describe, expect, it } from 'vitest';
import { withoutQuotes } from './without-quotes.ts';

const sent = { apiKey: 'local-secret-0123456789', instructions: 'You know where the treasure of the house is buried.' };

describe('a sentence of the speech model', () => {
  it('passes as it is when it quotes nothing', () => {
    expect(withoutQuotes("Unsupported voice: 'x' (of the house)", sent)).toBe("Unsupported voice: 'x' (of the house)");
  });

  it('loses the key, also one that was cut where the sentence ends', () => {
    for (let length = 6; length <= sent.apiKey.length; length++) {
      const message = withoutQuotes(`Bad key ${sent.apiKey}, bad key ${sent.apiKey.slice(0, length)}`, sent);
      expect(message).toBe('Bad key [key], bad key [key]');
    }
  });

  it.each([
    `Invalid instructions: '${sent.instructions}'`,
    `Invalid instructions: '…${sent.instructions.slice(10, 36)}…'`,
  ])('is not repeated when it quotes the instructions: %s', (message) => {
    expect(withoutQuotes(message, sent)).toBe('The speech model gave a reason that quotes its instructions');
  });

  it('is not judged by instructions too short to be a secret', () => {
    expect(withoutQuotes('Be kind and try again', { apiKey: '', instructions: 'Be kind' })).toBe(
      'Be kind and try again',
    );
  });
});
