import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as passed } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { loadOpusCodec } from '@voice-bridge/media-node';
import { Generator } from '../relay/generator.ts';
import { processorMs, residentMb } from '../relay/process-cost.ts';
import { LineProgram } from '../relay/programs.ts';
import { type AnswersHeard, answersHeard } from './answers-heard.ts';
import { answerInTurn, CrowdModel, type CrowdSession } from './crowd-sessions.ts';
import { HEARD_RATE_HZ } from './heard-call.ts';
import { decodeCall, missingIn, readHeard, readSaid, type SaidPacket, speechFile } from './kept-packets.ts';
import { encodeAnswer, encodeRound, PACKET_MS, type Person, toneOf } from './numbered-speech.ts';
import { type Reading, readNumbers } from './read-numbers.ts';

/** What is run. */
export interface CrowdRun {
  /** Path of the compiled generator, which plays all people and the model. */
  readonly generator: string;
  readonly sessions: number;
  /** Before the window, with everybody talking. */
  readonly warmUpSeconds: number;
  readonly seconds: number;
  readonly cores: readonly [bridge: number, ends: number];
}

/** What both ways of all sessions showed. */
export interface CrowdOutcome {
  /** Of each person, the numbered packets that it said in the window, as they are in what the model heard. */
  readonly said: readonly Reading[];
  /** Packets to the model that are missing by their sequence numbers, or came twice, from the beginning on. */
  readonly missing: number;
  /** By the bridge's own account, from the beginning on: packets that are missing by their numbers, and that its jitter buffers missed or got too late. */
  readonly missingAtBridge: number;
  readonly unplayed: number;
  /** What each person heard of the model, from the beginning on. */
  readonly heard: readonly AnswersHeard[];
  /** What the delay of a packet's sound is without anything between, in ms: its own length, and the codec's. */
  readonly directMs: number;
  /** Share of its core that the bridge used in the window, and its memory. */
  readonly load: number;
  readonly megabytes: number;
  /** How late people sent in the window, in ms. */
  readonly latenessMs: readonly number[];
  /** Packets that the generator did not read, or could not open. */
  readonly unread: number;
}

/** In ms of the real-time clock. */
interface Stretch {
  readonly from: number;
  readonly to: number;
}

const BRIDGE = fileURLToPath(new URL('./bridge-program.ts', import.meta.url));
const PEOPLE: readonly Person[] = ['ada', 'bob'];
/** The number of the answer among the speeches, behind those of the people. */
const ANSWER = PEOPLE.length;
/** How often each session is answered, in seconds; one answer lasts four. */
const ANSWER_EVERY = 6;
/** What is under way when everything ends is waited for so long. */
const UNDER_WAY_MS = 1_500;
/** Levels as RFC 6464 has them: a voice, and silence. */
const [VOICE, SILENCE] = [18, 127];
/** Spreads phases evenly, however many there are. */
const GOLDEN = 0.618;

/**
 * Holds sessions of two at a bridge of its own: they speak in turn and at once, and the model answers them every six
 * seconds. Everything that is said and heard is kept, and looked at when all is over.
 */
export async function runCrowd(run: CrowdRun): Promise<CrowdOutcome> {
  const folder = mkdtempSync(join(tmpdir(), 'voice-bridge-crowd-'));
  const generator = await Generator.start(run.generator, run.cores[1]);
  const model = await CrowdModel.start(generator);
  const bridge = new LineProgram('the bridge', run.cores[0], process.execPath, [BRIDGE, model.url]);
  try {
    const rounds = await Promise.all(PEOPLE.map(encodeRound));
    const answer = await encodeAnswer();
    giveSpeeches(generator, folder, [...rounds, answer]);
    const [, url = ''] = await bridge.hear(/^ready (\S+)$/);
    generator.keep();
    const sessions = await openTalking(generator, model, url, run.sessions);
    const endAnswers = answerInTurn(generator, sessions, ANSWER, ANSWER_EVERY);
    await passed(run.warmUpSeconds * 1_000);
    const [from, cpuBefore] = [Date.now(), processorMs(bridge.pid)];
    await passed(run.seconds * 1_000);
    const [to, cpuAfter, megabytes] = [Date.now(), processorMs(bridge.pid), residentMb(bridge.pid)];
    endAnswers();
    await passed(answer.length * PACKET_MS + UNDER_WAY_MS);
    const account = await askForAccount(bridge, run.sessions);
    const { overrun, refused } = await generator.write(folder);
    await bridge.stop();
    return {
      ...(await readPeople(folder, sessions, { from, to })),
      ...account,
      heard: sessions.flatMap(({ model: { index }, people }) => {
        const answers = readSaid(folder, index);
        return people.map((person) => answersHeard(answers, readHeard(folder, person.index), answer));
      }),
      directMs: await directDelay(rounds[0] ?? []),
      load: (cpuAfter - cpuBefore) / (run.seconds * 1_000),
      megabytes,
      unread: overrun + refused,
    };
  } finally {
    await bridge.stop();
    await generator.stop();
    model.stop();
    rmSync(folder, { recursive: true });
  }
}

/** Throws when the bridge does not hold all sessions, or does not mix what everybody says. */
async function askForAccount(bridge: LineProgram, count: number) {
  bridge.say('account');
  const [, ...values] = await bridge.hear(/^account (\d+) (\d+) (\d+) (\d+)$/);
  const [sessions, missingAtBridge = 0, buffers = 0, unplayed = 0] = values.map(Number);
  if (sessions !== count || buffers < count * PEOPLE.length) {
    throw new Error(`The bridge held ${sessions} sessions and ${buffers} jitter buffers`);
  }
  return { missingAtBridge, unplayed };
}

function giveSpeeches(generator: Generator, folder: string, speeches: readonly (readonly Uint8Array[])[]): void {
  for (const [number, packets] of speeches.entries()) {
    const person = PEOPLE[number];
    const isVoice = (packet: number) => person === undefined || toneOf(person, packet) !== undefined;
    const path = join(folder, `${number}.speech`);
    writeFileSync(
      path,
      speechFile(packets, (packet) => (isVoice(packet) ? VOICE : SILENCE)),
    );
    generator.readSpeech(number, path);
  }
}

/** Opens one session after the other; who is in talks already. */
async function openTalking(
  generator: Generator,
  model: CrowdModel,
  url: string,
  count: number,
): Promise<readonly CrowdSession[]> {
  const sessions: CrowdSession[] = [];
  for (let n = 0; n < count; n++) {
    const session = await model.open(url, `pair-${n}`);
    for (const [who, leg] of session.people.entries()) {
      generator.talk(leg, who, 'again', (((2 * n + who) * GOLDEN) % 1) * PACKET_MS);
    }
    sessions.push(session);
  }
  return sessions;
}

/** Looks for what the people said in a stretch of time in what the models heard. */
async function readPeople(folder: string, sessions: readonly CrowdSession[], { from, to }: Stretch) {
  const codec = await loadOpusCodec();
  const said: Reading[] = [];
  const latenessMs: number[] = [];
  let missing = 0;
  for (const { people, model } of sessions) {
    const packets = readHeard(folder, model.index);
    const { lost, repeated } = missingIn(packets);
    missing += lost + repeated;
    const decoder = codec.createDecoder(HEARD_RATE_HZ);
    const call = decodeCall(packets, decoder);
    decoder.close();
    for (const [who, { index }] of people.entries()) {
      const own = readSaid(folder, index);
      const [first, end] = [numberAt(own, from), numberAt(own, to)];
      const sentAt = own.map(({ at }) => at);
      said.push(readNumbers(call, PEOPLE[who] ?? 'ada', sentAt, first, end));
      latenessMs.push(...own.slice(first, end).map(({ lateMs }) => lateMs));
    }
  }
  return { said, missing, latenessMs };
}

/** The number of the first packet at a time or later. */
function numberAt(said: readonly SaidPacket[], time: number): number {
  const number = said.findIndex(({ at }) => at >= time);
  return number < 0 ? said.length : number;
}

/** The delay that is read where there is none: packets that arrive when they are sent. */
async function directDelay(round: readonly Uint8Array[]): Promise<number> {
  const codec = await loadOpusCodec();
  const decoder = codec.createDecoder(HEARD_RATE_HZ);
  const packets = round.map((payload, number) => ({ at: number * PACKET_MS, payload }));
  const call = decodeCall(packets, decoder);
  decoder.close();
  const sentAt = packets.map(({ at }) => at);
  const { delaysMs } = readNumbers(call, 'ada', sentAt, 0, packets.length);
  return delaysMs.reduce((sum, delay) => sum + delay, 0) / delaysMs.length;
}
