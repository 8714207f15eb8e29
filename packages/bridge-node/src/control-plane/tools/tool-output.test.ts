import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { capOutput, errorOutput, MAX_TOOL_OUTPUT_BYTES, toJson } from './tool-output.ts';

const bytes = (text: string) => new TextEncoder().encode(text).length;

describe('a tool result', () => {
  it.each([
    ['an object', { a: 1 }, '{"a":1}'],
    ['a text', 'done', '"done"'],
    ['nothing', undefined, 'null'],
    ['null', null, 'null'],
    ['a date', new Date(0), '"1970-01-01T00:00:00.000Z"'],
    ['not a number', Number.NaN, 'null'],
  ])('that is %s is JSON', (_name, value, json) => {
    expect(toJson(value)).toBe(json);
  });

  const circle: { self?: unknown } = {};
  circle.self = circle;
  it.each([
    ['a function', () => 1],
    ['a symbol', Symbol('x')],
    ['a bigint', 1n],
    ['a circle', circle],
    [
      'a thing whose toJSON throws',
      {
        toJSON() {
          throw new TypeError('no');
        },
      },
    ],
  ])('that is %s is not', (_name, value) => {
    expect(toJson(value)).toBeUndefined();
  });

  it('of exactly 32 kB stays as it is', () => {
    const json = JSON.stringify('x'.repeat(MAX_TOOL_OUTPUT_BYTES - 2));
    expect(capOutput(json)).toBe(json);
  });

  it('of a megabyte is cut to 32 kB with a marker and stays JSON', () => {
    const output = capOutput(
      JSON.stringify({ list: Array.from({ length: 20_000 }, (_, index) => `line "${index}"\n`) }),
    );
    expect(bytes(output)).toBeLessThanOrEqual(MAX_TOOL_OUTPUT_BYTES);
    expect(bytes(output)).toBeGreaterThan(MAX_TOOL_OUTPUT_BYTES - 10);
    expect(JSON.parse(output)).toMatchObject({ truncated: true, text: expect.stringMatching(/^\{"list":\["line/) });
  });

  it('of any text and limit fits, is JSON, keeps a true beginning and cuts no character in half', () => {
    const texts = fc.string({ unit: 'binary', maxLength: 400, size: 'max' });
    fc.assert(
      fc.property(texts, fc.integer({ min: 60, max: 600 }), (text, limit) => {
        const json = JSON.stringify(text);
        const output = capOutput(json, limit);
        expect(bytes(output)).toBeLessThanOrEqual(limit);
        const value: unknown = JSON.parse(output);
        if (bytes(json) <= limit) {
          expect(output).toBe(json);
          return;
        }
        expect(value).toMatchObject({ truncated: true, bytes: bytes(json) });
        const beginning = typeof value === 'object' && value !== null && 'text' in value ? String(value.text) : '';
        expect(json.startsWith(beginning)).toBe(true);
        expect(() => encodeURIComponent(beginning)).not.toThrow();
      }),
      { seed: 4711 },
    );
  });

  it('of a failure names code and message, shortened', () => {
    expect(JSON.parse(errorOutput('tool_failed', 'x'.repeat(9_000)))).toEqual({
      error: { code: 'tool_failed', message: 'x'.repeat(500) },
    });
  });
});
