import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { OpusCodec, OpusDecoder, OpusEncoder, OpusEncoderOptions, OpusSampleRate } from './opus-codec.ts';

/** What the wasm file exports: raw libopus. Numbers are pointers into `memory` or libopus results. */
interface LibOpus {
  readonly memory: { readonly buffer: ArrayBuffer };
  _initialize(): void;
  malloc(bytes: number): number;
  free(pointer: number): void;
  opus_strerror(code: number): number;
  opus_decoder_get_size(channels: number): number;
  opus_decoder_init(decoder: number, rate: number, channels: number): number;
  opus_decode(decoder: number, data: number, length: number, pcm: number, frameSize: number, fec: number): number;
  opus_encoder_get_size(channels: number): number;
  opus_encoder_init(encoder: number, rate: number, channels: number, application: number): number;
  opus_encode(encoder: number, pcm: number, frameSize: number, data: number, capacity: number): number;
  opus_encoder_ctl_set(encoder: number, request: number, value: number): number;
}

// The type libraries of this package have no DOM, so no WebAssembly either.
declare const WebAssembly: {
  validate(bytes: Uint8Array): boolean;
  instantiate(bytes: Uint8Array, imports: object): Promise<{ readonly instance: { readonly exports: LibOpus } }>;
};

// opus_defines.h
const APPLICATION_VOIP = 2048;
const SIGNAL_VOICE = 3001;
const SET_BITRATE = 4002;
const SET_COMPLEXITY = 4010;
const SET_INBAND_FEC = 4012;
const SET_PACKET_LOSS_PERC = 4014;
const SET_SIGNAL = 4024;

const MAX_PACKET_BYTES = 8_192;
const MAX_PACKET_MS = 120;
const MAX_PACKET_SAMPLES = 5_760;
const SAMPLE_RATES: readonly number[] = [8_000, 12_000, 16_000, 24_000, 48_000];
const ENCODER_FRAMES_MS: readonly number[] = [10, 20, 40, 60];

/** A module of one `v128` instruction: valid only where SIMD is. */
const SIMD_PROBE = Uint8Array.of(
  ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 10, 9, 1, 7, 0, 65, 0, 253, 15, 26, 11],
);

let loading: Promise<OpusCodec> | undefined;

/** Loads libopus (the wasm file inside `@evan/opus`) once per process or worker. Rejects when the file is missing. */
export function loadOpusCodec(): Promise<OpusCodec> {
  loading ??= instantiate().then(
    (lib) => ({
      createDecoder: (sampleRateHz) => new WasmOpusDecoder(lib, sampleRateHz),
      createEncoder: (options) => new WasmOpusEncoder(lib, options),
    }),
    (error: unknown) => {
      loading = undefined;
      throw error;
    },
  );
  return loading;
}

async function instantiate(): Promise<LibOpus> {
  const file = WebAssembly.validate(SIMD_PROBE) ? 'simd.wasm' : 'opus.wasm';
  const path = createRequire(import.meta.url).resolve(`@evan/opus/wasm/${file}`);
  const nothing = () => 0;
  const { instance } = await WebAssembly.instantiate(await readFile(path), {
    wasi_snapshot_preview1: { proc_exit: nothing, fd_close: nothing, fd_write: nothing, fd_seek: nothing },
    env: { emscripten_notify_memory_growth: nothing },
  });
  instance.exports._initialize();
  return instance.exports;
}

class WasmOpusDecoder implements OpusDecoder {
  readonly sampleRateHz: OpusSampleRate;
  readonly #lib: LibOpus;
  readonly #data: number;
  readonly #pcm: number;
  #decoder: number;

  constructor(lib: LibOpus, sampleRateHz: OpusSampleRate) {
    requireSampleRate(sampleRateHz);
    this.#lib = lib;
    this.sampleRateHz = sampleRateHz;
    this.#decoder = allocate(lib, lib.opus_decoder_get_size(1));
    this.#data = allocate(lib, MAX_PACKET_BYTES);
    this.#pcm = allocate(lib, MAX_PACKET_SAMPLES * 2);
    check(lib, lib.opus_decoder_init(this.#decoder, sampleRateHz, 1));
  }

  decode(packet: Uint8Array): Int16Array {
    return this.#run(packet, MAX_PACKET_SAMPLES, 0);
  }

  decodeLost(next: Uint8Array, durationMs: number): Int16Array {
    return this.#run(next, this.#samples(durationMs), 1);
  }

  conceal(durationMs: number): Int16Array {
    return this.#run(undefined, this.#samples(durationMs), 0);
  }

  close(): void {
    if (this.#decoder === 0) return;
    for (const pointer of [this.#decoder, this.#data, this.#pcm]) this.#lib.free(pointer);
    this.#decoder = 0;
  }

  #run(packet: Uint8Array | undefined, frameSize: number, fec: 0 | 1): Int16Array {
    const lib = this.#lib;
    requireOpen(this.#decoder);
    if (packet !== undefined) {
      if (packet.length === 0 || packet.length > MAX_PACKET_BYTES) throw new TypeError('Not an Opus packet');
      new Uint8Array(lib.memory.buffer, this.#data, packet.length).set(packet);
    }
    const data = packet === undefined ? 0 : this.#data;
    const samples = lib.opus_decode(this.#decoder, data, packet?.length ?? 0, this.#pcm, frameSize, fec);
    check(lib, samples);
    return new Int16Array(lib.memory.buffer, this.#pcm, samples).slice();
  }

  #samples(durationMs: number): number {
    if (!(durationMs >= 2.5 && durationMs <= MAX_PACKET_MS) || durationMs % 2.5 !== 0) {
      throw new TypeError(`A lost packet lasts 2.5 to ${MAX_PACKET_MS} ms in steps of 2.5, got ${durationMs}`);
    }
    return (durationMs * this.sampleRateHz) / 1_000;
  }
}

class WasmOpusEncoder implements OpusEncoder {
  readonly sampleRateHz: OpusSampleRate;
  readonly #lib: LibOpus;
  readonly #pcm: number;
  readonly #data: number;
  /** What is at `#pcm` and `#data`, kept from packet to packet. */
  #sound = new Int16Array(0);
  #packet = new Uint8Array(0);
  #encoder: number;

  constructor(lib: LibOpus, options: OpusEncoderOptions) {
    const { sampleRateHz, bitrate = 32_000, expectedLossPercent = 10, complexity = 5 } = options;
    requireSampleRate(sampleRateHz);
    requireRange('bitrate', bitrate, 6_000, 510_000);
    requireRange('expectedLossPercent', expectedLossPercent, 0, 100);
    requireRange('complexity', complexity, 0, 10);
    this.#lib = lib;
    this.sampleRateHz = sampleRateHz;
    this.#encoder = allocate(lib, lib.opus_encoder_get_size(1));
    this.#pcm = allocate(lib, MAX_PACKET_SAMPLES * 2);
    this.#data = allocate(lib, MAX_PACKET_BYTES);
    check(lib, lib.opus_encoder_init(this.#encoder, sampleRateHz, 1, APPLICATION_VOIP));
    this.#set(SET_SIGNAL, SIGNAL_VOICE);
    this.#set(SET_BITRATE, bitrate);
    this.#set(SET_COMPLEXITY, complexity);
    this.#set(SET_INBAND_FEC, 1);
    this.#set(SET_PACKET_LOSS_PERC, expectedLossPercent);
  }

  encode(pcm: Int16Array): Uint8Array {
    const lib = this.#lib;
    requireOpen(this.#encoder);
    if (!ENCODER_FRAMES_MS.includes((pcm.length * 1_000) / this.sampleRateHz)) {
      throw new TypeError(`A frame lasts 10, 20, 40 or 60 ms, got ${pcm.length} samples at ${this.sampleRateHz} Hz`);
    }
    if (this.#sound.buffer !== lib.memory.buffer) this.#remakeViews();
    this.#sound.set(pcm);
    const bytes = lib.opus_encode(this.#encoder, this.#pcm, pcm.length, this.#data, MAX_PACKET_BYTES);
    check(lib, bytes);
    if (this.#packet.buffer !== lib.memory.buffer) this.#remakeViews();
    return this.#packet.slice(0, bytes);
  }

  setComplexity(complexity: number): void {
    requireOpen(this.#encoder);
    requireRange('complexity', complexity, 0, 10);
    this.#set(SET_COMPLEXITY, complexity);
  }

  close(): void {
    if (this.#encoder === 0) return;
    for (const pointer of [this.#encoder, this.#pcm, this.#data]) this.#lib.free(pointer);
    this.#encoder = 0;
  }

  /** What grows is another buffer: the views on the old one are empty. */
  #remakeViews(): void {
    const { buffer } = this.#lib.memory;
    this.#sound = new Int16Array(buffer, this.#pcm, MAX_PACKET_SAMPLES);
    this.#packet = new Uint8Array(buffer, this.#data, MAX_PACKET_BYTES);
  }

  #set(request: number, value: number): void {
    check(this.#lib, this.#lib.opus_encoder_ctl_set(this.#encoder, request, value));
  }
}

function allocate(lib: LibOpus, bytes: number): number {
  const pointer = lib.malloc(bytes);
  if (pointer === 0) throw new RangeError('Out of memory for Opus');
  return pointer;
}

function check(lib: LibOpus, result: number): void {
  if (result >= 0) return;
  const text = Buffer.from(lib.memory.buffer, lib.opus_strerror(result), 64);
  throw new TypeError(`Opus: ${text.toString('latin1', 0, text.indexOf(0))}`);
}

function requireOpen(pointer: number): void {
  if (pointer === 0) throw new TypeError('This codec is closed');
}

function requireSampleRate(value: number): void {
  if (!SAMPLE_RATES.includes(value)) throw new TypeError(`Opus runs at ${SAMPLE_RATES.join(', ')} Hz, got ${value}`);
}

function requireRange(name: string, value: number, low: number, high: number): void {
  if (!Number.isInteger(value) || value < low || value > high) {
    throw new TypeError(`${name} is a whole number from ${low} to ${high}, got ${value}`);
  }
}
