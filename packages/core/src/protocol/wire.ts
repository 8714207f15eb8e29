import * as z from 'zod/mini';
import { type Parsed, parsedOk, parsedProblem } from '../parsed.ts';

/** Reads JSON text of at most `maxLength` UTF-16 units against a schema; says what is wrong instead of throwing. */
export function parseJson<T>(schema: z.ZodMiniType<T>, text: string, maxLength: number): Parsed<T> {
  if (text.length > maxLength) return parsedProblem(`Longer than ${maxLength} characters`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return parsedProblem('Not JSON');
  }
  return parseValue(schema, value);
}

/** Checks an already decoded value against a schema; the problem names the field, never the value. */
export function parseValue<T>(schema: z.ZodMiniType<T>, value: unknown): Parsed<T> {
  const result = z.safeParse(schema, value);
  if (result.success) return parsedOk(result.data);
  const issue = result.error.issues[0];
  const path = issue?.path.map(String).join('.') ?? '';
  const what = issue === undefined ? 'Invalid' : describeIssue(issue);
  return parsedProblem(path === '' ? what : `${path}: ${what}`);
}

function describeIssue(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `expected ${issue.expected}`;
    case 'unrecognized_keys':
      return `unknown field ${issue.keys.slice(0, 3).join(', ').slice(0, 100)}`;
    case 'too_big':
      return `larger than ${issue.maximum}`;
    case 'too_small':
      return `smaller than ${issue.minimum}`;
    case 'invalid_format':
      return 'wrong format';
    default:
      return 'not one of the allowed values';
  }
}
