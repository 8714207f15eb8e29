import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Tools } from '../control-plane/settings.ts';
import type { Tool } from '../control-plane/tools/tool.ts';

/** Imports a module of tools, by its path from the working folder. Rejects with `TypeError` when it exports no record of tools. */
export async function loadTools(path: string): Promise<Tools> {
  const module: unknown = await import(pathToFileURL(resolve(path)).href);
  const exported = [field(module, 'default'), field(module, 'tools')].find(isTools);
  if (exported === undefined) {
    throw new TypeError(`${path} must export tools: export const tools = { name: tool({ … }) }`);
  }
  return exported;
}

function isTools(value: unknown): value is Tools {
  return typeof value === 'object' && value !== null && Object.values(value).every(isTool);
}

function isTool(value: unknown): value is Tool {
  return typeof field(value, 'prepare') === 'function' && typeof field(value, 'description') === 'string';
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
