import type * as z from 'zod/mini';

/** What is wrong with something a client sent, in OpenAI's words: one of its codes, a sentence, and the field (`session.tools[0].name`). The sentence repeats the value: it is for the client alone. */
export interface ClientFault {
  readonly code: string;
  readonly message: string;
  readonly param: string | null;
}

type Issue = z.core.$ZodIssue;

const MAX_SHOWN = 64;
const KINDS: Readonly<Record<string, string>> = {
  string: 'a string',
  number: 'a number',
  int: 'an integer',
  boolean: 'a boolean',
  array: 'an array',
  object: 'an object',
  record: 'an object',
  null: 'null',
};

/** Says what is wrong with `value`, given what its schema found; `within` names where the value itself stands, such as `session`. */
export function clientFault(issues: readonly Issue[], value: unknown, within: readonly string[] = []): ClientFault {
  const issue = issues.map((each) => mostSpecific(each, [])).sort(bySpecificity)[0];
  if (issue === undefined) return { code: 'invalid_value', message: 'Invalid value.', param: null };
  const found = valueAt(value, issue.path);
  const param = paramOf([...within, ...issue.path]);
  if (issue.code === 'unrecognized_keys') {
    const unknown = paramOf([...within, ...issue.path, ...issue.keys.slice(0, 1)]);
    return { code: 'unknown_parameter', message: `Unknown parameter: '${unknown}'.`, param: unknown };
  }
  if (found === undefined) {
    return { code: 'missing_required_parameter', message: `Missing required parameter: '${param}'.`, param };
  }
  return { ...describe(issue, found, param), param };
}

function describe(issue: Issue, found: unknown, param: string): Omit<ClientFault, 'param'> {
  switch (issue.code) {
    case 'invalid_type': {
      const message = `Invalid type for '${param}': expected ${KINDS[issue.expected] ?? issue.expected}, but got ${kindOf(found)} instead.`;
      return { code: 'invalid_type', message };
    }
    case 'too_big':
      return outOfBounds(issue.origin, 'above', Number(issue.maximum), found, param);
    case 'too_small':
      return outOfBounds(issue.origin, 'below', Number(issue.minimum), found, param);
    case 'invalid_value': {
      const values = issue.values.map((each) => `'${String(each)}'`);
      const supported = values.length === 1 ? values[0] : `${values.slice(0, -1).join(', ')}, and ${values.at(-1)}`;
      return { code: 'invalid_value', message: `Invalid value: ${shown(found)}. Supported values are: ${supported}.` };
    }
    default:
      return { code: 'invalid_value', message: `Invalid value for '${param}': ${shown(found)}.` };
  }
}

function outOfBounds(origin: string, side: 'above' | 'below', bound: number, found: unknown, param: string) {
  const limit = side === 'above' ? 'max' : 'min';
  if (origin === 'string' || origin === 'array') {
    const what = origin === 'string' ? 'a string' : 'an array';
    const length = typeof found === 'string' || Array.isArray(found) ? found.length : 0;
    const message = `Invalid '${param}': ${origin} too ${side === 'above' ? 'long' : 'short'}. Expected ${what} with ${limit}imum length ${bound}, but got ${what} with length ${length} instead.`;
    return { code: `${origin}_${side}_${limit}_length`, message };
  }
  const kind = Number.isInteger(found) ? 'integer' : 'decimal';
  const message = `Invalid '${param}': ${kind} ${side} ${limit}imum value. Expected a value ${side === 'above' ? '<=' : '>='} ${bound}, but got ${shown(found)} instead.`;
  return { code: `${kind}_${side}_${limit}_value`, message };
}

/** Of a choice between shapes, what is wrong with the one the value comes nearest to. */
function mostSpecific(issue: Issue, base: readonly PropertyKey[]): Issue {
  const placed = { ...issue, path: [...base, ...issue.path] };
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return placed;
  const likely = issue.errors.filter((branch) => !branch.some(isOtherKind));
  const branches = likely.length === 0 ? issue.errors : likely;
  const inner = branches.flatMap((branch) => branch.slice(0, 1)).map((each) => mostSpecific(each, placed.path));
  return inner.sort(bySpecificity)[0] ?? placed;
}

/** The value says of itself that it is something else. */
function isOtherKind(issue: Issue): boolean {
  return issue.code === 'invalid_value' && issue.path.at(-1) === 'type';
}

/** The deepest first, then what names a bound or a field. */
function bySpecificity(a: Issue, b: Issue): number {
  return rank(b) - rank(a);
}

function rank(issue: Issue): number {
  const tells = { unrecognized_keys: 5, too_big: 3, too_small: 3, invalid_value: 2 } as const;
  const code: string = issue.code;
  const bonus = Object.entries(tells).find(([name]) => name === code)?.[1] ?? 0;
  return issue.path.length * 4 + bonus;
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let at = value;
  for (const key of path) {
    if (typeof at !== 'object' || at === null) return undefined;
    at = Reflect.get(at, key);
  }
  return at;
}

function paramOf(path: readonly PropertyKey[]): string {
  let param = '';
  for (const key of path) {
    if (typeof key === 'number') param += `[${key}]`;
    else param += `${param === '' ? '' : '.'}${printable(String(key))}`;
  }
  return param;
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'an integer' : 'a decimal number';
  return KINDS[typeof value] ?? 'something else';
}

function shown(value: unknown): string {
  if (typeof value === 'string') return `'${printable(value)}'`;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : kindOf(value);
}

/** What comes from outside may end in a log: control characters are replaced, what is long is cut. */
function printable(text: string): string {
  return text.slice(0, MAX_SHOWN).replaceAll(/[^\x20-\x7e]|'/g, '?');
}
