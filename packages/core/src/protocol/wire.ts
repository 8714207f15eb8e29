import * as z from 'zod/mini';
import { type Parsed, parsedOk, parsedProblem } from '../parsed.ts';

/** Deepest nesting of arrays and objects read from the wire: far beyond any message, far below what breaks recursion. */
const MAX_DEPTH = 64;

/** Reads JSON text of at most `maxLength` UTF-16 units against a schema; says what is wrong instead of throwing. */
export function parseJson<T>(schema: z.ZodMiniType<T>, text: string, maxLength: number): Parsed<T> {
  const decoded = decodeJson(text, maxLength);
  return decoded.ok ? parseValue(schema, decoded.value) : decoded;
}

/** Decodes JSON text of at most `maxLength` UTF-16 units, nested at most 64 deep, without a schema yet. */
export function decodeJson(text: string, maxLength: number): Parsed<unknown> {
  if (text.length > maxLength) return parsedProblem(`Longer than ${maxLength} characters`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return parsedProblem('Not JSON');
  }
  return isDeeperThan(value, MAX_DEPTH) ? parsedProblem(`Nested deeper than ${MAX_DEPTH} levels`) : parsedOk(value);
}

/** Checks an already decoded value against a schema; the problem names the field, never the value. */
export function parseValue<T>(schema: z.ZodMiniType<T>, value: unknown): Parsed<T> {
  const result = z.safeParse(schema, value);
  if (result.success) return parsedOk(result.data);
  const issue = result.error.issues[0];
  if (issue === undefined) return parsedProblem('Invalid');
  const path = issue.path.map((key) => printable(String(key))).join('.');
  return parsedProblem(path === '' ? describeIssue(issue) : `${path}: ${describeIssue(issue)}`);
}

function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (levels === 0) return true;
  for (const inner of Object.values(value)) if (isDeeperThan(inner, levels - 1)) return true;
  return false;
}

function describeIssue(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `expected ${issue.expected}`;
    case 'unrecognized_keys':
      return `unknown field ${issue.keys.slice(0, 3).map(printable).join(', ')}`;
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

/** Field names come from outside too: what could forge a log line is replaced, what is long is cut. */
function printable(name: string): string {
  return name.slice(0, 40).replaceAll(/[^\w.:-]/g, '?');
}
