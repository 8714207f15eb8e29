import { bridgeResponseSchema, ENDPOINTS, parseValue } from '@voice-bridge/core';
import type { Generator } from './generator.ts';
import { ModelEndpoint } from './model-endpoint.ts';
import { LineProgram } from './programs.ts';
import { type LocalLeg, readRemote, writeAnswer, writeOffer } from './sdp.ts';

/** A running system under test and the way to put sessions, of two legs each, through it. */
export interface Sessions {
  readonly program: LineProgram;
  /** Opens one session; gives the ms each of its legs took from its offer until media may flow. */
  open(): Promise<readonly number[]>;
  stop(): Promise<void>;
}

/** How a system is started: the command behind `taskset`, and its environment. */
export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly environment?: NodeJS.ProcessEnv;
}

const LOOPBACK = '127.0.0.1';
const ANSWER_LINE = (leg: number) => new RegExp(`^answer ${leg} (.*)$`);

/** A relay without ICE, DTLS and SRTP. */
export async function plainSessions(command: Command, core: number, generator: Generator): Promise<Sessions> {
  const program = await startRelay(command, core);
  const openLeg = async () => {
    const leg = await generator.openLeg();
    program.say(`plain ${leg.index} ${leg.port}`);
    const [, port] = await program.hear(new RegExp(`^plain ${leg.index} (\\d+)$`));
    return generator.plain(leg, LOOPBACK, Number(port));
  };
  return { program, open: async () => [await openLeg(), await openLeg()], stop: () => program.stop() };
}

/** A relay that answers the generator's offers on both legs. */
export async function answeredSessions(command: Command, core: number, generator: Generator): Promise<Sessions> {
  const program = await startRelay(command, core);
  const openLeg = async () => {
    const leg = await generator.openLeg();
    const startedAt = performance.now();
    program.say(`offer ${leg.index} ${JSON.stringify(writeOffer(leg, generator.fingerprint, LOOPBACK))}`);
    const [, quoted = ''] = await program.hear(ANSWER_LINE(leg.index));
    await generator.connect(leg, readRemote(String(JSON.parse(quoted))), 'controlling');
    return performance.now() - startedAt;
  };
  return { program, open: async () => [await openLeg(), await openLeg()], stop: () => program.stop() };
}

/** The bridge: the generator's even legs are browsers, its odd ones the models that the bridge dials. */
export async function bridgedSessions(command: Command, core: number, generator: Generator): Promise<Sessions> {
  const waiting: LocalLeg[] = [];
  const modelTimes: number[] = [];
  const model = await ModelEndpoint.start(async (offer) => {
    const leg = waiting.shift();
    if (leg === undefined) throw new Error('nobody waits for a call');
    const startedAt = performance.now();
    const up = generator.connect(leg, readRemote(offer), 'controlled');
    // What is to be answered before the bridge counts the call as up: part of the model's leg.
    Promise.all([up, generator.whenReady(leg)]).then(
      () => modelTimes.push(performance.now() - startedAt),
      () => {},
    );
    return writeAnswer(offer, leg, generator.fingerprint, LOOPBACK);
  });
  const program = new LineProgram(
    'the bridge',
    core,
    command.program,
    [...command.args, model.url],
    command.environment,
  );
  const [, url = ''] = await program.hear(/^ready (\S+)$/);
  let conversations = 0;
  const open = async () => {
    const browser = await generator.openLeg();
    waiting.push(await generator.openLeg());
    const startedAt = performance.now();
    const offer = writeOffer(browser, generator.fingerprint, LOOPBACK);
    const answer = await postOffer(url, `bench-${conversations++}`, offer);
    await generator.connect(browser, readRemote(answer), 'controlling');
    const whole = performance.now() - startedAt;
    const ofModel = modelTimes.pop() ?? Number.NaN;
    return [whole - ofModel, ofModel];
  };
  const stop = async () => {
    await program.stop();
    model.stop();
  };
  return { program, open, stop };
}

async function startRelay(command: Command, core: number): Promise<LineProgram> {
  const program = new LineProgram(
    command.args.at(-1) ?? command.program,
    core,
    command.program,
    command.args,
    command.environment,
  );
  await program.hear(/^ready$/);
  return program;
}

async function postOffer(url: string, conversationId: string, offer: string): Promise<string> {
  const response = await fetch(`${url}${ENDPOINTS.bridge}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ conversation_id: conversationId, offer }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`The bridge refused an offer: ${text}`);
  const parsed = parseValue(bridgeResponseSchema, JSON.parse(text));
  if (!parsed.ok) throw new Error(parsed.problem);
  return parsed.value.answer;
}
