import type { SlotValues } from '../phrase-matching.ts';
import type { ToolParameter } from './tool-parameters.ts';

/** The arguments that the slots of a phrase fill, as the tool's schema wants them; or the first required one that is missing. */
export function toolArguments(
  parameters: readonly ToolParameter[],
  values: SlotValues,
): { readonly ok: true; readonly json: string } | { readonly ok: false; readonly missing: string } {
  const filled: Record<string, string | number | boolean> = {};
  for (const parameter of parameters) {
    const value = argument(parameter, values[parameter.name]);
    if (value !== undefined) filled[parameter.name] = value;
    else if (parameter.required) return { ok: false, missing: parameter.name };
  }
  return { ok: true, json: JSON.stringify(filled) };
}

/** Arguments for a call that has to be made although nobody gave any: the first choice, zero, and `text` for text. */
export function anyArguments(parameters: readonly ToolParameter[], text: string): string {
  const filled = parameters.flatMap((parameter): [string, string | number | boolean][] => {
    if (!parameter.required) return [];
    if (parameter.kind === 'choice')
      return [...parameter.values.values()].slice(0, 1).map((value) => [parameter.name, value]);
    return [[parameter.name, parameter.kind === 'text' ? text : 0]];
  });
  return JSON.stringify(Object.fromEntries(filled));
}

function argument(parameter: ToolParameter, value: string | number | undefined): string | number | boolean | undefined {
  return parameter.kind === 'choice' ? parameter.values.get(String(value)) : value;
}
