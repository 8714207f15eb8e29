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

/** Finds `pocketsphinx_continuous` on `path` (a PATH variable) with the English model beside it; `undefined` when either is missing. */
export function findRecogniser(path: string): RecogniserFiles | undefined {
  for (const folder of path.split(delimiter).filter(Boolean)) {
    const program = join(folder, 'pocketsphinx_continuous');
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

/** A private folder for short-lived files. */
export class Scratch {
  readonly #folder: Promise<string>;
  #count = 0;

  constructor() {
    this.#folder = mkdtemp(join(tmpdir(), 'voice-bridge-speech-'));
    // A failure shows when the folder is used.
    this.#folder.catch(() => {});
  }

  /** Writes a new file and gives back its path. */
  async write(content: string | Uint8Array, extension: string): Promise<string> {
    this.#count += 1;
    const path = join(await this.#folder, `${this.#count}.${extension}`);
    await writeFile(path, content);
    return path;
  }

  /** Removes one file; harmless when it is gone. */
  async remove(path: string): Promise<void> {
    await rm(path, { force: true });
  }

  /** Removes the folder and all in it. */
  async close(): Promise<void> {
    await rm(await this.#folder, { recursive: true, force: true });
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
