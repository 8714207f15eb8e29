import { describe, expect, expectTypeOf, it } from 'vitest';
import * as z from 'zod';
import * as mini from 'zod/mini';
import { tool } from './tool.ts';

describe('tool()', () => {
  it('tells the model the JSON Schema of what may come in', () => {
    const { parameters } = tool({
      description: 'x',
      input: z.object({
        colour: z.enum(['red', 'blue']).describe('Which'),
        level: z.int().min(0).max(9).default(5),
        at: z.string().transform((text) => text.length),
      }),
      run: () => null,
    });
    expect(parameters).toEqual({
      type: 'object',
      properties: {
        colour: { type: 'string', enum: ['red', 'blue'], description: 'Which' },
        level: { type: 'integer', minimum: 0, maximum: 9, default: 5 },
        at: { type: 'string' },
      },
      required: ['colour', 'at'],
    });
  });

  it('takes zod/mini too, and types the input after parsing', () => {
    const set = tool({
      description: 'x',
      input: mini.object({ colour: mini.string() }),
      run: ({ colour }) => {
        expectTypeOf(colour).toEqualTypeOf<string>();
        return { colour };
      },
    });
    expect(set.parameters).toMatchObject({ type: 'object', required: ['colour'] });
  });

  it.each([
    ['a text', z.string()],
    ['a list', z.array(z.string())],
    ['something without JSON Schema', z.object({ when: z.date() })],
  ])('refuses %s as input', (_name, input) => {
    expect(() => tool({ description: 'x', input, run: () => null })).toThrow(TypeError);
  });

  it.each([0, -1, Number.NaN, 3_600_001])('refuses a deadline of %d ms', (timeoutMs) => {
    expect(() => tool({ description: 'x', input: z.object({}), timeoutMs, run: () => null })).toThrow(TypeError);
  });

  it('says which field is wrong, not what was in it', async () => {
    const { prepare } = tool({ description: 'x', input: z.object({ colour: z.enum(['red']) }), run: () => null });
    const prepared = await prepare({ colour: 'my password' });
    expect(prepared).toEqual({ ok: false, problem: expect.stringContaining('colour') });
    expect(JSON.stringify(prepared)).not.toContain('password');
  });
});
