import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as passed } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { processorMs, residentMb } from '../relay/process-cost.ts';
import { LineProgram } from '../relay/programs.ts';
import { readHeardCall } from './heard-call.ts';
import { encodeRound, type Person } from './numbered-speech.ts';
import { type Reading, readNumbers } from './read-numbers.ts';
import { Talk } from './talk.ts';
import { type Received, Talker } from './talker.ts';

const BRIDGE = fileURLToPath(new URL('./bridge-program.ts', import.meta.url));
const MODEL = fileURLToPath(new URL('./model-program.ts', import.meta.url));
/** How often each session asks for an answer, in seconds; one lasts about four. */
const ASK_EVERY = 6;
/** What is under way when everything ends is waited for so long, and not looked at if it was sent later than that before the end. */
const UNDER_WAY_MS = 1_500;
/** Longest time that opening all sessions takes. */
const SET_UP_SECONDS = 30;

/** What is run. */
export interface SessionsRun {
  readonly sessions: number;
  /** Before the window, with everybody talking. */
  readonly warmUpSeconds: number;
  readonly seconds: number;
  /** How the model is reached; `direct`: by the people themselves, each in a call of its own, without a bridge. */
  readonly leg: 'webrtc' | 'websocket' | 'direct';
  /** Core of the bridge, and core of the model. */
  readonly cores: readonly [bridge: number, ends: number];
}

/** What both ways of all sessions showed in the window. */
export interface SessionsOutcome {
  /** Numbered packets of people, as the model heard them. */
  readonly said: Reading;
  /** What each person heard of the assistant, from the beginning on. */
  readonly heard: readonly Received[];
  /** Sessions whose two people did not hear the same number of packets. */
  readonly unequal: number;
  /** Share of its core that the bridge used; 0 without one. */
  readonly load: number;
  /** Resident memory of the bridge. */
  readonly megabytes: number;
  /** How late the people spoke, in ms. */
  readonly latenessMs: readonly number[];
}

/** Holds sessions of two at a bridge of its own: they speak in turn and at once, and the assistant answers them every six seconds. */
export async function runSessions(run: SessionsRun): Promise<SessionsOutcome> {
  const { sessions, warmUpSeconds, seconds, leg, cores } = run;
  const calls = leg === 'direct' ? 2 * sessions : sessions;
  const long = SET_UP_SECONDS + warmUpSeconds + seconds;
  const [model, modelUrl] = await start('the model', cores[1], [MODEL, calls, long, Math.ceil(long / ASK_EVERY)]);
  const [bridge, url] = leg === 'direct' ? [] : await start('the bridge', cores[0], [BRIDGE, modelUrl, leg]);
  const talk = new Talk();
  const talking = talk.run();
  const rounds = await Promise.all(PEOPLE.map(encodeRound));
  const pairs: Talker[][] = [];
  for (let session = 0; session < sessions; session++) {
    const pair = rounds.map((round) => new Talker(round, long));
    for (const talker of pair) {
      await (url === undefined ? talker.callModel(modelUrl) : talker.joinBridge(url, `pair-${session}`));
    }
    for (const talker of pair) talk.add(talker);
    pairs.push(pair);
  }
  const people = pairs.flat();
  const asking = askInTurn(pairs);
  await passed(warmUpSeconds * 1_000);
  const windows = people.map((talker) => ({ talker, from: talker.sentAt.length }));
  const cpuBefore = bridge === undefined ? 0 : processorMs(bridge.pid);
  await passed(seconds * 1_000);
  const looked = windows.map((window) => ({ ...window, to: window.talker.sentAt.length }));
  const load = bridge === undefined ? 0 : (processorMs(bridge.pid) - cpuBefore) / (seconds * 1_000);
  const megabytes = bridge === undefined ? 0 : residentMb(bridge.pid);
  await passed(UNDER_WAY_MS);
  clearInterval(asking);
  talk.end();
  await talking;
  const heard = people.map((talker) => talker.received());
  const readings = await readAll(model, looked, leg === 'direct' ? 1 : 2);
  await Promise.all(people.map((talker) => talker.close()));
  await bridge?.stop();
  await model.stop();
  return {
    said: sumOf(readings),
    heard,
    unequal: pairs.filter((_, n) => heard[2 * n]?.packets !== heard[2 * n + 1]?.packets).length,
    load,
    megabytes,
    latenessMs: looked.flatMap(({ talker, from, to }) => talker.lateness.all().slice(from, to)),
  };
}

const PEOPLE: readonly Person[] = ['ada', 'bob'];

interface Looked {
  readonly talker: Talker;
  readonly from: number;
  readonly to: number;
}

async function start(name: string, core: number, args: readonly (string | number)[]): Promise<[LineProgram, string]> {
  const program = new LineProgram(name, core, process.execPath, args.map(String));
  const [, url = ''] = await program.hear(/^ready (\S+)$/);
  return [program, url];
}

/** Every session asks for an answer every few seconds, each in a second of its own. */
function askInTurn(pairs: readonly (readonly Talker[])[]): NodeJS.Timeout {
  let second = 0;
  return setInterval(() => {
    second++;
    for (const [n, [talker]] of pairs.entries()) if ((second + n) % ASK_EVERY === 0) talker?.ask();
  }, 1_000);
}

async function readAll(model: LineProgram, looked: readonly Looked[], peopleInCall: number): Promise<Reading[]> {
  const folder = mkdtempSync(join(tmpdir(), 'voice-bridge-sessions-'));
  try {
    model.say(`write ${folder}`);
    await model.hear(/^written \d+$/);
    return looked.map(({ talker, from, to }, n) => {
      const call = readHeardCall(folder, Math.floor(n / peopleInCall));
      return readNumbers(call, PEOPLE[n % 2] ?? 'ada', talker.sentAt.all(), from, to);
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function sumOf(readings: readonly Reading[]): Reading {
  const sum = (of: (reading: Reading) => number) => readings.reduce((total, reading) => total + of(reading), 0);
  return {
    sent: sum(({ sent }) => sent),
    lost: sum(({ lost }) => lost),
    blurred: sum(({ blurred }) => blurred),
    lostNumbers: readings.flatMap(({ lostNumbers }) => lostNumbers),
    madeUp: sum(({ madeUp }) => madeUp),
    leftOut: sum(({ leftOut }) => leftOut),
    delaysMs: readings.flatMap(({ delaysMs }) => delaysMs),
  };
}
