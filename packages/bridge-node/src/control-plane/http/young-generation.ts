import { setFlagsFromString } from 'node:v8';

/**
 * Has V8 keep the young generation of this process at the size it has. Left alone it grows to two halves of 32 MB, for one
 * session as for fifty, and V8 marks the whole heap whenever one half more would not fit below its limit: every few
 * seconds, as datagrams count against it too. Does nothing when the process was started with a size of its own.
 */
export function holdYoungGeneration(): void {
  const options = [...process.execArgv, process.env.NODE_OPTIONS ?? ''];
  if (!options.some((option) => /semi[-_]space/.test(option))) setFlagsFromString('--semi-space-growth-factor=1');
}
