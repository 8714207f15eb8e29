import { mkdirSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { LineProgram, runProgram } from './programs.ts';
import type { LocalLeg, RemoteLeg } from './sdp.ts';

/** What one window of media showed; times in microseconds, -1 where nothing was measured. */
export interface Window {
  readonly sent: number;
  readonly received: number;
  readonly lost: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  /** Why the generator itself spoilt the window; undefined when it did not. */
  readonly spoilt: string | undefined;
}

/** A generator later than this, p99 in microseconds, measures itself. */
const MAX_LATENESS_US = 1_000;

const SOURCES = new URL('./generator/', import.meta.url);
const BUILT = new URL('./.cache/', import.meta.url);
const FLAGS = ['-std=c11', '-D_GNU_SOURCE', '-O2', '-Wall', '-Wextra', '-Werror'];

/** Compiles the generator; gives its path. Throws with the compiler's words. */
export function buildGenerator(): string {
  mkdirSync(BUILT, { recursive: true });
  const program = fileURLToPath(new URL('generator', BUILT));
  const sources = readdirSync(SOURCES).filter((name) => name.endsWith('.c'));
  const paths = sources.map((name) => fileURLToPath(new URL(name, SOURCES)));
  runProgram('cc', [...FLAGS, '-o', program, ...paths, '-lssl', '-lcrypto']);
  return program;
}

/** Our C program that plays both ends of every session; `generator/main.c` says what it is told and tells. */
export class Generator {
  readonly #program: LineProgram;
  readonly fingerprint: string;
  #legs = 0;

  private constructor(program: LineProgram, fingerprint: string) {
    this.#program = program;
    this.fingerprint = fingerprint;
  }

  /** Starts the compiled program on core number `core`. */
  static async start(path: string, core: number): Promise<Generator> {
    const program = new LineProgram('the generator', core, path, []);
    const [, fingerprint = ''] = await program.hear(/^fingerprint (\S+)$/);
    return new Generator(program, fingerprint);
  }

  /** Makes the next leg. */
  async openLeg(): Promise<LocalLeg> {
    const index = this.#legs++;
    this.#program.say(`leg ${index}`);
    const [, port, fragment = '', password = ''] = await this.#program.hear(
      new RegExp(`^leg ${index} (\\d+) (\\S+) (\\S+)$`),
    );
    return { index, port: Number(port), fragment, password };
  }

  /** Connects a leg; resolves with the ms it took until media may flow. */
  connect(leg: LocalLeg, remote: RemoteLeg, role: 'controlling' | 'controlled'): Promise<number> {
    const { address, port, fragment, password, setup, payloadType, extensions } = remote;
    // As the answerer of an actpass offer we are active.
    const dtls = setup === 'active' ? 'server' : 'client';
    this.#program.say(
      ['connect', leg.index, address, port, fragment, password, role, dtls, payloadType, ...extensions].join(' '),
    );
    return this.#up(leg);
  }

  /** A leg of bare RTP over UDP. */
  plain(leg: LocalLeg, address: string, port: number): Promise<number> {
    this.#program.say(`plain ${leg.index} ${address} ${port}`);
    return this.#up(leg);
  }

  /** Resolves when the leg, as a speech model, has answered the first event of its data channel. */
  async whenReady(leg: LocalLeg): Promise<void> {
    await this.#program.hear(new RegExp(`^ready ${leg.index}$`));
  }

  /** A leg that is up and that controls opens a data channel; resolves when it is open. */
  async openChannel(leg: LocalLeg, label: string): Promise<void> {
    this.#program.say(`channel ${leg.index} ${label}`);
    await this.whenReady(leg);
  }

  /** Sends one line of text on the channel of {@link openChannel}. */
  tell(leg: LocalLeg, text: string): void {
    this.#program.say(`tell ${leg.index} ${text}`);
  }

  /** From now on payloads are Opus: `silence`, and for 200 ms of each second `tone`. Latency is onset to onset then. */
  useTone(silence: Uint8Array, tone: Uint8Array): void {
    this.#program.say(`tone ${Buffer.from(silence).toString('hex')} ${Buffer.from(tone).toString('hex')}`);
  }

  /** The first `legs` legs send 50 packets a second each. */
  play(legs: number): void {
    this.#program.say(`play ${legs}`);
  }

  /** Opens a window, calls `during`, and closes it. */
  async measure(during: () => Promise<void>): Promise<Window> {
    this.#program.say('begin');
    await during();
    this.#program.say('end');
    const [, text = ''] = await this.#program.hear(/^result (.*)$/);
    const values = new Map(text.split(' ').map((pair) => [pair.split('=')[0] ?? '', Number(pair.split('=')[1])]));
    const value = (name: string) => values.get(name) ?? Number.NaN;
    return {
      sent: value('sent'),
      received: value('received'),
      lost: value('lost') + value('refused') + value('repeated'),
      p50: value('p50'),
      p95: value('p95'),
      p99: value('p99'),
      spoilt: spoilt(value('late99'), value('overrun')),
    };
  }

  /** Reads speech `number`, packets of 20 ms, from a file that `speechFile` is the content of. */
  readSpeech(number: number, path: string): void {
    this.#program.say(`speech ${number} ${path}`);
  }

  /** A leg that is up says a speech in so many ms, `once` or `again` and again. */
  talk(leg: LocalLeg, speech: number, times: 'once' | 'again', inMs: number): void {
    this.#program.say(`say ${leg.index} ${speech} ${times} ${Math.round(inMs * 1_000)}`);
  }

  /** From now on every packet that legs say and hear is kept. */
  keep(): void {
    this.#program.say('keep');
  }

  /** Writes what was kept, `I.said` and `I.heard` of every leg I; gives why nothing can be said by it: packets that it did not read, or that were not genuine. */
  async write(folder: string): Promise<{ readonly overrun: number; readonly refused: number }> {
    this.#program.say(`write ${folder}`);
    const [, overrun, refused] = await this.#program.hear(/^written (\d+) (\d+)$/);
    return { overrun: Number(overrun), refused: Number(refused) };
  }

  /** Ends it. */
  stop(): Promise<void> {
    return this.#program.stop();
  }

  async #up(leg: LocalLeg): Promise<number> {
    const [, microseconds] = await this.#program.hear(new RegExp(`^up ${leg.index} (\\d+)$`));
    return Number(microseconds) / 1000;
  }
}

function spoilt(latenessUs: number, overrun: number): string | undefined {
  if (overrun > 0) return 'the kernel dropped datagrams before the generator read them';
  if (latenessUs > MAX_LATENESS_US) return `the generator sent ${latenessUs.toFixed(0)} us late (p99)`;
  return undefined;
}
