import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ERROR_CODES, isErrorCode, isVoiceBridgeError, toVoiceBridgeError, VoiceBridgeError } from './errors.ts';

const table = readFileSync(new URL('../../../docs/errors.md', import.meta.url), 'utf8');
const rows = new Map(
  [...table.matchAll(/^\|\s*`([a-z_]+)`\s*\|\s*\S.*?\|\s*(yes|no)\s*\|\s*\S.*\|$/gm)].map((row) => [
    row[1],
    row[2] === 'yes',
  ]),
);

describe('docs/errors.md', () => {
  it('[S-0.43] has a row for every code that tells the truth about retrying', () => {
    const codes = Object.entries(ERROR_CODES).map(([code, { retryable }]) => `${code}: ${retryable}`);
    const told = Object.keys(ERROR_CODES).map((code) => `${code}: ${rows.get(code)}`);
    expect(told).toEqual(codes);
  });

  it('has no row for a code that does not exist', () => {
    expect([...rows.keys()].filter((code) => !isErrorCode(code ?? ''))).toEqual([]);
  });
});

describe('VoiceBridgeError', () => {
  it('knows from its code whether trying again can help, unless told otherwise', () => {
    expect(new VoiceBridgeError('ice_failed', 'x').retryable).toBe(true);
    expect(new VoiceBridgeError('forbidden', 'x').retryable).toBe(false);
    expect(new VoiceBridgeError('forbidden', 'x', { retryable: true }).retryable).toBe(true);
  });

  it('keeps its hint and cause', () => {
    const cause = new Error('underneath');
    const error = new VoiceBridgeError('internal', 'x', { cause, hint: 'Ask the operator.' });
    expect(error).toMatchObject({ name: 'VoiceBridgeError', cause, hint: 'Ask the operator.' });
    expect(error).toBeInstanceOf(Error);
    expect('cause' in new VoiceBridgeError('internal', 'x')).toBe(false);
  });

  it('is recognised when another copy of this package made it', () => {
    const foreign = Object.assign(new Error('x'), { [Symbol.for('voice-bridge.error')]: true });
    expect(isVoiceBridgeError(foreign)).toBe(true);
    expect(isVoiceBridgeError(new Error('x'))).toBe(false);
    expect(isVoiceBridgeError('x')).toBe(false);
    expect(isVoiceBridgeError(null)).toBe(false);
  });

  it('is passed on as it is; anything else is wrapped', () => {
    const error = new VoiceBridgeError('aborted', 'x');
    expect(toVoiceBridgeError(error, 'internal', 'y')).toBe(error);
    expect(toVoiceBridgeError('odd', 'internal', 'y')).toMatchObject({ code: 'internal', message: 'y', cause: 'odd' });
  });

  it('does not leak its marker when written down', () => {
    expect(Object.keys(new VoiceBridgeError('aborted', 'x'))).toEqual(['code', 'retryable', 'hint', 'name']);
  });
});

it('does not take inherited names for codes', () => {
  expect(isErrorCode('constructor')).toBe(false);
  expect(isErrorCode('internal')).toBe(true);
});
