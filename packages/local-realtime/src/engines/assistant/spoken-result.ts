import { record } from './tool-parameters.ts';

const MAX_LENGTH = 600;

/**
 * A tool's result as something to say: its `say` when it has one, what failed when it failed, else a plain description.
 * Takes the JSON text of a `function_call_output`, or any other text as it is.
 */
export function spokenResult(output: string): string {
  const said = describe(parse(output)).replace(/\s+/g, ' ').trim();
  return said === '' ? 'Done.' : shortened(said);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function describe(value: unknown): string {
  if (typeof value === 'string') return sentence(value);
  if (typeof value === 'number') return `The result is ${value}.`;
  if (typeof value === 'boolean') return value ? 'Done.' : 'That did not work.';
  if (Array.isArray(value)) return value.length === 0 ? 'There is nothing.' : sentence(listed(value));
  const result = record(value);
  if (result === undefined) return '';
  if (typeof result.say === 'string') return result.say;
  if (result.error !== undefined) return `Sorry, that did not work. ${sentence(failure(result.error))}`;
  return Object.entries(result)
    .map(([name, part]) => sentence(`${spaced(name)} is ${inner(part)}`))
    .join(' ');
}

function failure(error: unknown): string {
  if (typeof error === 'string') return error;
  const message = record(error)?.message;
  return typeof message === 'string' ? message : '';
}

function inner(value: unknown): string {
  if (Array.isArray(value)) return listed(value);
  const parts = record(value);
  if (parts !== undefined) return listed(Object.entries(parts).map(([name, part]) => `${spaced(name)} ${inner(part)}`));
  return value === null ? 'nothing' : String(value);
}

function listed(values: readonly unknown[]): string {
  const parts = values.map(inner);
  const last = parts.pop() ?? 'nothing';
  return parts.length === 0 ? last : `${parts.join(', ')} and ${last}`;
}

function spaced(name: string): string {
  return name.replace(/([a-z])([A-Z])/g, '$1 $2').replaceAll(/[_-]+/g, ' ');
}

function sentence(text: string): string {
  const trimmed = text.trim();
  if (trimmed === '') return '';
  const capital = trimmed.charAt(0).toUpperCase() + trimmed.slice(1);
  return /[.!?]["')]?$/.test(capital) ? capital : `${capital}.`;
}

function shortened(text: string): string {
  if (text.length <= MAX_LENGTH) return text;
  const space = text.lastIndexOf(' ', MAX_LENGTH);
  return `${text.slice(0, space > 0 ? space : MAX_LENGTH)} and so on.`;
}
