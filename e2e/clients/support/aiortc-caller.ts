import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { LocalRealtime } from '@voice-bridge/local-realtime';
import * as z from 'zod';
import { type Heard, scriptMicrophone } from '../../support/microphone.ts';
import { cleanup } from '../../support/open-things.ts';
import { readRaw } from '../../support/wav.ts';
import { Watch } from './watch.ts';

const PYTHON = '/usr/bin/python3';
const PROGRAM = fileURLToPath(new URL('../aiortc/caller.py', import.meta.url));

/** Whether Debian's `python3-aiortc` is on this machine. */
export const hasAiortc = existsSync(PYTHON) && existsSync('/usr/lib/python3/dist-packages/aiortc');

/** Sample rate of {@link AiortcCaller.heard}, in Hz. */
export const CALLER_RATE_HZ = 48_000;

const toldSchema = z.discriminatedUnion('tell', [
  z.object({ tell: z.literal('called'), id: z.string(), offered: z.int() }),
  z.object({ tell: z.literal('refused'), status: z.int(), error: z.looseObject({ code: z.string() }) }),
  z.object({ tell: z.literal('event'), event: z.looseObject({ type: z.string() }) }),
  z.object({ tell: z.literal('failed'), do: z.string(), error: z.string() }),
  z.object({ tell: z.literal('saved') }),
  z.object({ tell: z.literal('closed') }),
  z.object({ tell: z.literal('ended') }),
]);

type Told = z.infer<typeof toldSchema>;

/** An event as it came. */
export type ToldEvent = Extract<Told, { tell: 'event' }>['event'];

/** A raw WebRTC client on aiortc, in a Python process of its own. */
export interface AiortcCaller {
  /** Every event so far. */
  readonly events: readonly ToldEvent[];
  /** What went wrong in the Python program. */
  readonly failures: readonly string[];
  /** Calls the model, also again; resolves when the data channel has brought `session.created`. */
  call(model: LocalRealtime, options?: { readonly candidates?: boolean }): Promise<{ readonly offered: number }>;
  /** Calls with this key, and gives how the model refuses. */
  refused(model: LocalRealtime, key: string): Promise<{ readonly status: number; readonly code: string }>;
  send(event: { readonly type: string } & Record<string, unknown>): void;
  /** Says this through its microphone; does not wait for the end of it. */
  say(...parts: readonly Heard[]): Promise<void>;
  /** Resolves with the first event of this type after the last that was waited for. */
  event(type: string): Promise<ToldEvent>;
  /** Resolves when the data channel is closed. */
  closed(): Promise<unknown>;
  /** All sound so far, mono PCM16 at {@link CALLER_RATE_HZ}. */
  heard(): Promise<Int16Array>;
  /** Ends the call. */
  end(): Promise<unknown>;
}

/** Starts the program; it ends with the test. */
export function aiortcCaller(): AiortcCaller {
  const folder = mkdtempSync(join(tmpdir(), 'voice-bridge-aiortc-'));
  const child = spawn(PYTHON, [PROGRAM], { stdio: ['pipe', 'pipe', 'pipe'] });
  const watch = new Watch();
  const told: Told[] = [];
  const events: ToldEvent[] = [];
  const failures: string[] = [];
  createInterface(child.stdout).on('line', (line) => {
    const one = toldSchema.parse(JSON.parse(line));
    told.push(one);
    if (one.tell === 'event') events.push(one.event);
    if (one.tell === 'failed') failures.push(`${one.do}: ${one.error}`);
    watch.look();
  });
  createInterface(child.stderr).on('line', (line) => failures.push(line));
  cleanup(async () => {
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill();
    await gone;
    rmSync(folder, { recursive: true });
  });
  const order = (what: Readonly<Record<string, unknown>>) => child.stdin.write(`${JSON.stringify(what)}\n`);
  const describe = () => [events.map(({ type }) => type), failures];
  let seen = 0;
  /** The first of its kind after `from`. */
  const next = <Kind extends Told['tell']>(tell: Kind, from: number) => {
    const isIt = (one: Told): one is Extract<Told, { tell: Kind }> => one.tell === tell;
    return watch.until(() => told.slice(from).find(isIt), describe);
  };
  const event: AiortcCaller['event'] = async (type) => {
    const [index, found] = await watch.until(
      () => [...events.entries()].find(([i, each]) => i >= seen && each.type === type),
      describe,
    );
    seen = index + 1;
    return found;
  };
  return {
    events,
    failures,
    async call(model, { candidates = true } = {}) {
      const from = told.length;
      order({ do: 'call', url: model.url, key: 'test', candidates });
      const called = await next('called', from);
      await event('session.created');
      return called;
    },
    async refused(model, key) {
      const from = told.length;
      order({ do: 'call', url: model.url, key, candidates: true });
      const { status, error } = await next('refused', from);
      return { status, code: error.code };
    },
    send: (one) => order({ do: 'send', event: one }),
    async say(...parts) {
      const script = await scriptMicrophone(parts);
      order({ do: 'say', wav: script.path });
    },
    event,
    closed: () => watch.until(() => told.find(({ tell }) => tell === 'closed'), describe),
    async heard() {
      const from = told.length;
      const raw = join(folder, 'heard.raw');
      order({ do: 'save', raw });
      await next('saved', from);
      return readRaw(raw, CALLER_RATE_HZ).pcm;
    },
    end() {
      const from = told.length;
      order({ do: 'end' });
      return next('ended', from);
    },
  };
}
