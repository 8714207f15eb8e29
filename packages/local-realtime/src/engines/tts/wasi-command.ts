// The type libraries of this package have no DOM, so no WebAssembly either.
declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => WasmModule;
  Instance: new (module: WasmModule, imports: object) => { readonly exports: CommandExports };
};

interface CommandExports {
  readonly memory: { readonly buffer: ArrayBuffer };
  _start(): void;
}

/** A compiled WebAssembly module. */
export type WasmModule = { readonly __wasmModule: never } & object;

/** What a WASI command left behind. */
export interface WasiResult {
  readonly exitCode: number;
  /** The bytes of the file it wrote; empty when it wrote none. */
  readonly output: Uint8Array;
  /** What it printed. */
  readonly messages: string;
}

const SUCCESS = 0;
const BAD_DESCRIPTOR = 8;
const NO_SUCH_FILE = 44;
const FIRST_PREOPENED = 3;
const OUTPUT = 4;
const DIRECTORY_TYPE = 3;
const FILE_TYPE = 4;
const CHARACTER_DEVICE_TYPE = 2;
const PREOPENED_PATH = new TextEncoder().encode('/');
const ALL_RIGHTS = 0xffff_ffff_ffff_ffffn;
const MAX_MESSAGES_LENGTH = 4_096;

/** Compiles a WASI command. */
export function compileWasm(bytes: Uint8Array): WasmModule {
  return new WebAssembly.Module(bytes);
}

/**
 * Runs a WASI preview1 command wholly in memory: no disk, no clock, no environment. It sees one folder, `/`, in which it may write
 * one file. Throws what the module throws when it traps.
 */
export function runWasiCommand(module: WasmModule, commandLine: readonly string[]): WasiResult {
  return new WasiCommand(commandLine).run(module);
}

class Exit extends Error {
  readonly exitCode: number;

  constructor(exitCode: number) {
    super(`exit ${exitCode}`);
    this.exitCode = exitCode;
  }
}

class WasiCommand {
  readonly #commandLine: readonly Uint8Array[];
  readonly #output = new GrowingFile();
  readonly #messages = new TextDecoder();
  #printed = '';
  #memory: CommandExports['memory'] | undefined;

  constructor(commandLine: readonly string[]) {
    this.#commandLine = commandLine.map((argument) => new TextEncoder().encode(`${argument.replaceAll('\0', ' ')}\0`));
  }

  run(module: WasmModule): WasiResult {
    const { exports } = new WebAssembly.Instance(module, { wasi_snapshot_preview1: this.#imports() });
    this.#memory = exports.memory;
    return { exitCode: this.#start(() => exports._start()), output: this.#output.bytes(), messages: this.#printed };
  }

  #start(start: () => void): number {
    try {
      start();
      return 0;
    } catch (error) {
      if (error instanceof Exit) return error.exitCode;
      throw error;
    }
  }

  #imports(): Record<string, (...values: never[]) => number> {
    return {
      args_get: (pointers: number, text: number) => this.#writeArguments(pointers, text),
      args_sizes_get: (count: number, size: number) => {
        this.#view().setUint32(count, this.#commandLine.length, true);
        this.#view().setUint32(size, totalLength(this.#commandLine), true);
        return SUCCESS;
      },
      clock_time_get: (_clock: number, _precision: bigint, result: number) => {
        this.#view().setBigUint64(result, 0n, true);
        return SUCCESS;
      },
      fd_close: () => SUCCESS,
      fd_fdstat_get: (descriptor: number, result: number) => this.#describe(descriptor, result),
      fd_fdstat_set_flags: () => SUCCESS,
      fd_prestat_get: (descriptor: number, result: number) => {
        if (descriptor !== FIRST_PREOPENED) return BAD_DESCRIPTOR;
        this.#view().setUint32(result, 0, true);
        this.#view().setUint32(result + 4, PREOPENED_PATH.length, true);
        return SUCCESS;
      },
      fd_prestat_dir_name: (_descriptor: number, path: number) => {
        this.#bytes().set(PREOPENED_PATH, path);
        return SUCCESS;
      },
      fd_read: (_descriptor: number, _parts: number, _count: number, result: number) => {
        this.#view().setUint32(result, 0, true);
        return SUCCESS;
      },
      fd_seek: (descriptor: number, offset: bigint, whence: number, result: number) => {
        if (descriptor !== OUTPUT) return BAD_DESCRIPTOR;
        this.#view().setBigUint64(result, BigInt(this.#output.seek(Number(offset), whence)), true);
        return SUCCESS;
      },
      fd_write: (descriptor: number, parts: number, count: number, result: number) =>
        this.#write(descriptor, parts, count, result),
      path_open: (
        _folder: number,
        _lookup: number,
        _path: number,
        _length: number,
        openFlags: number,
        _rights: bigint,
        _inheriting: bigint,
        _flags: number,
        result: number,
      ) => {
        // Only creating a file is granted: there is nothing here to read.
        if ((openFlags & 1) === 0) return NO_SUCH_FILE;
        this.#view().setUint32(result, OUTPUT, true);
        return SUCCESS;
      },
      proc_exit: (exitCode: number) => {
        throw new Exit(exitCode);
      },
    };
  }

  #writeArguments(pointers: number, text: number): number {
    let place = text;
    for (const [index, argument] of this.#commandLine.entries()) {
      this.#view().setUint32(pointers + index * 4, place, true);
      this.#bytes().set(argument, place);
      place += argument.length;
    }
    return SUCCESS;
  }

  #describe(descriptor: number, result: number): number {
    if (descriptor > OUTPUT) return BAD_DESCRIPTOR;
    this.#bytes().fill(0, result, result + 24);
    const type =
      descriptor < FIRST_PREOPENED ? CHARACTER_DEVICE_TYPE : descriptor === OUTPUT ? FILE_TYPE : DIRECTORY_TYPE;
    this.#view().setUint8(result, type);
    this.#view().setBigUint64(result + 8, ALL_RIGHTS, true);
    this.#view().setBigUint64(result + 16, ALL_RIGHTS, true);
    return SUCCESS;
  }

  #write(descriptor: number, parts: number, count: number, result: number): number {
    let written = 0;
    for (let part = 0; part < count; part++) {
      const start = this.#view().getUint32(parts + part * 8, true);
      const length = this.#view().getUint32(parts + part * 8 + 4, true);
      const bytes = this.#bytes().subarray(start, start + length);
      if (descriptor === OUTPUT) this.#output.write(bytes);
      else if (this.#printed.length < MAX_MESSAGES_LENGTH)
        this.#printed += this.#messages.decode(bytes, { stream: true });
      written += length;
    }
    this.#view().setUint32(result, written, true);
    return SUCCESS;
  }

  // The memory's buffer is another one after it has grown, so neither view can be kept.
  #view(): DataView {
    return new DataView(this.#buffer());
  }

  #bytes(): Uint8Array {
    return new Uint8Array(this.#buffer());
  }

  #buffer(): ArrayBuffer {
    if (this.#memory === undefined) throw new TypeError('The command called out before it started');
    return this.#memory.buffer;
  }
}

class GrowingFile {
  #bytes = new Uint8Array(65_536);
  #length = 0;
  #position = 0;

  write(bytes: Uint8Array): void {
    const end = this.#position + bytes.length;
    if (end > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(end, this.#bytes.length * 2));
      grown.set(this.#bytes);
      this.#bytes = grown;
    }
    this.#bytes.set(bytes, this.#position);
    this.#position = end;
    this.#length = Math.max(this.#length, end);
  }

  seek(offset: number, whence: number): number {
    const base = whence === 0 ? 0 : whence === 1 ? this.#position : this.#length;
    this.#position = Math.max(0, base + offset);
    return this.#position;
  }

  bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }
}

function totalLength(parts: readonly Uint8Array[]): number {
  return parts.reduce((sum, part) => sum + part.length, 0);
}
