import { accessSync, constants, existsSync, realpathSync } from 'node:fs';
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';

/** An installed recogniser: the program, its acoustic model and its pronunciation dictionary. */
export interface RecogniserFiles {
  readonly program: string;
  readonly acousticModel: string;
  readonly dictionary: string;
}

/** Finds `pocketsphinx_batch` on `path` (a PATH variable) with the English model beside it; `undefined` when either is missing. */
export function findRecogniser(path: string): RecogniserFiles | undefined {
  for (const folder of path.split(delimiter).filter(Boolean)) {
    const program = join(folder, 'pocketsphinx_batch');
    if (!isExecutable(program)) continue;
    for (const home of new Set([folder, dirname(realpathSync(program))])) {
      const model = join(dirname(home), 'share', 'pocketsphinx', 'model', 'en-us');
      const acousticModel = join(model, 'en-us');
      const dictionary = join(model, 'cmudict-en-us.dict');
      if (existsSync(join(acousticModel, 'mdef')) && existsSync(dictionary))
        return { program, acousticModel, dictionary };
    }
  }
  return undefined;
}

/** The dictionary's lines for some words, all pronunciations of each, by word. Words it does not hold are missing. */
export async function readPronunciations(
  dictionary: string,
  words: ReadonlySet<string>,
): Promise<Map<string, string[]>> {
  const found = new Map<string, string[]>();
  const file = await open(dictionary);
  try {
    for await (const line of file.readLines()) {
      const word = /^[^\s(]+/.exec(line)?.[0];
      if (word === undefined || !words.has(word)) continue;
      const lines = found.get(word);
      if (lines === undefined) found.set(word, [line]);
      else lines.push(line);
    }
  } finally {
    await file.close();
  }
  return found;
}

/** A private place for short-lived files, made when the first of them is written. */
export class Scratch {
  #path: Promise<string> | undefined;

  /** Writes files, by their names, into a new folder and gives back its path. */
  async write(files: Readonly<Record<string, string | Uint8Array>>): Promise<string> {
    this.#path ??= mkdtemp(join(tmpdir(), 'voice-bridge-speech-'));
    const folder = await mkdtemp(join(await this.#path, 'files-'));
    await Promise.all(Object.entries(files).map(([name, content]) => writeFile(join(folder, name), content)));
    return folder;
  }

  /** Removes what {@link write} made; harmless when it is gone. */
  async remove(folder: string): Promise<void> {
    await rm(folder, { recursive: true, force: true });
  }

  /** Removes everything. */
  async close(): Promise<void> {
    if (this.#path !== undefined) await rm(await this.#path, { recursive: true, force: true });
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
