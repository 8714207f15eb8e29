import { plainWords } from '../phrases.ts';

/** What one argument of a tool takes, as far as speech can fill it. */
export type ToolParameter = {
  readonly name: string;
  readonly required: boolean;
} & (
  | { readonly kind: 'choice'; readonly values: ReadonlyMap<string, string | number | boolean> }
  | { readonly kind: 'number' | 'seconds' | 'text' }
);

const BOOLEAN_WORDS: readonly (readonly [string, boolean])[] = [
  ['on', true],
  ['yes', true],
  ['true', true],
  ['off', false],
  ['no', false],
  ['false', false],
];

/** The parameters of a JSON Schema object, in its order; those that no words can fill (arrays, objects) are left out. */
export function toolParameters(schema: unknown): ToolParameter[] {
  const root = record(schema);
  const required = Array.isArray(root?.required) ? root.required : [];
  return Object.entries(record(root?.properties) ?? {}).flatMap(([name, property]) => {
    const content = parameterContent(name, property);
    return content === undefined ? [] : [{ name, required: required.includes(name), ...content }];
  });
}

type Content =
  | { readonly kind: 'choice'; readonly values: ReadonlyMap<string, string | number | boolean> }
  | { readonly kind: 'number' | 'seconds' | 'text' };

function parameterContent(name: string, schema: unknown): Content | undefined {
  const property = record(schema);
  if (property === undefined) return undefined;
  const choices = Array.isArray(property.enum) ? property.enum : property.const === undefined ? [] : [property.const];
  const values = choices.flatMap((value): [string, string | number][] =>
    typeof value === 'string' || typeof value === 'number' ? [[plainWords(String(value)), value]] : [],
  );
  if (values.length > 0) return { kind: 'choice', values: new Map(values.filter(([words]) => words !== '')) };
  switch (property.type) {
    case 'boolean':
      return { kind: 'choice', values: new Map(BOOLEAN_WORDS) };
    case 'integer':
    case 'number':
      return { kind: /(^|[^a-z])seconds?$|Seconds?$/.test(name) ? 'seconds' : 'number' };
    case 'string':
      return { kind: 'text' };
  }
  for (const alternatives of [property.anyOf, property.oneOf]) {
    for (const alternative of Array.isArray(alternatives) ? alternatives : []) {
      const content = parameterContent(name, alternative);
      if (content !== undefined) return content;
    }
  }
  return undefined;
}

/** The value as an object, or `undefined`. */
export function record(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
}
