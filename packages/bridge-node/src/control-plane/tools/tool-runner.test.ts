import { ManualClock } from '@voice-bridge/core/testing';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { type ToolContext, type ToolOptions, tool } from './tool.ts';
import { type ToolOutcome, ToolRunner } from './tool-runner.ts';

const anything = z.object({ colour: z.string().optional() });

function start(
  run: ToolOptions<typeof anything, unknown>['run'],
  { secret = 'SECRET', ...options }: { timeoutMs?: number; secret?: string } = {},
) {
  const clock = new ManualClock();
  const outcomes: ToolOutcome[] = [];
  const started: string[] = [];
  const progress: unknown[] = [];
  const announced: string[] = [];
  const runner = new ToolRunner({
    tools: { lamp: tool({ description: 'x', input: anything, run, ...options }) },
    conversationId: 'c',
    participantId: () => 'par_1',
    clock,
    timeoutMs: 30_000,
    redact: (text) => text.replaceAll(secret, '***'),
    onStart: ({ callId }) => started.push(callId),
    onOutcome: (outcome) => outcomes.push(outcome),
    onProgress: (_callId, value) => progress.push(value),
    onAnnounce: (text) => announced.push(text),
  });
  const call = async (args = '{}', name = 'lamp', callId = 'call_1') => {
    runner.start({ callId, name, arguments: args });
    await clock.advanceAsync(0);
  };
  const errors = () => outcomes.map((outcome): unknown => JSON.parse(outcome.output));
  return { clock, outcomes, started, progress, announced, runner, call, errors };
}

const failure = (code: string, message: unknown = expect.any(String)) => [{ error: { code, message } }];
const never = () => new Promise<never>(() => {});

describe('one call', () => {
  it('gives its result, once', async () => {
    const { call, outcomes, clock } = start(({ colour }) => ({ colour, lit: true }));
    await call('{"colour":"blue"}');
    expect(outcomes).toEqual([
      {
        callId: 'call_1',
        name: 'lamp',
        arguments: '{"colour":"blue"}',
        output: '{"colour":"blue","lit":true}',
        failed: false,
        durationMs: 0,
      },
    ]);
    expect(clock.pending).toBe(0);
  });

  it.each([
    ['not JSON', '{"colour":'],
    ['a list', '[]'],
    ['null', 'null'],
    ['a text', '"blue"'],
    ['of the wrong type', '{"colour":7}'],
  ])('with arguments that are %s is refused', async (_name, args) => {
    let ran = false;
    const { call, errors, outcomes } = start(() => {
      ran = true;
    });
    await call(args);
    expect(errors()).toEqual(failure('tool_invalid_arguments'));
    expect([ran, outcomes[0]?.failed]).toEqual([false, true]);
  });

  it('with no arguments at all runs', async () => {
    const { call, outcomes } = start(() => 'ok');
    await call('');
    expect(outcomes[0]?.output).toBe('"ok"');
  });

  it.each(['sofa', 'toString', '__proto__', 'constructor', ''])('of the unknown tool "%s" says so', async (name) => {
    const { call, errors, started } = start(() => 'ok');
    await call('{}', name);
    expect(errors()).toEqual(failure('tool_unknown'));
    expect(started).toEqual(['call_1']);
  });

  it.each<[string, () => unknown, string]>([
    ['throws at once', () => thrown(new TypeError('bulb is broken')), 'bulb is broken'],
    ['rejects', () => Promise.reject(new TypeError('bulb is gone')), 'bulb is gone'],
    ['throws a text', () => thrown('no bulb'), 'no bulb'],
    ['throws nothing', () => thrown(undefined), 'The tool failed'],
    [
      'throws an error whose message is no text',
      () => thrown(Object.assign(new Error(), { message: 7 })),
      'The tool failed',
    ],
    ['gives a bigint', () => 1n, 'The tool gave something JSON cannot say'],
    ['gives a function', () => () => 1, 'The tool gave something JSON cannot say'],
    ['quotes a secret', () => thrown(new TypeError('key SECRET')), 'key ***'],
  ])('that %s fails with a result that says so', async (_name, run, message) => {
    const { call, errors, clock } = start(run);
    await call();
    expect(errors()).toEqual(failure('tool_failed', message));
    expect(clock.pending).toBe(0);
  });

  it('that hangs fails after 30 s and is told to stop; what it gives later goes nowhere', async () => {
    const late: ((value: string) => void)[] = [];
    const signals: AbortSignal[] = [];
    const { call, errors, clock } = start((_input, { signal }) => {
      signals.push(signal);
      return new Promise((resolve) => late.push(resolve));
    });
    await call();
    await clock.advanceAsync(29_999);
    expect([errors(), signals[0]?.aborted]).toEqual([[], false]);
    await clock.advanceAsync(1);
    expect(errors()).toEqual(failure('tool_timeout', 'The tool gave no result within 30 s'));
    expect(signals[0]?.reason).toMatchObject({ code: 'tool_timeout' });
    late[0]?.('too late');
    await clock.advanceAsync(0);
    expect(errors()).toHaveLength(1);
  });

  it('may have a deadline of its own', async () => {
    const { call, errors, clock } = start(never, { timeoutMs: 1_000 });
    await call();
    await clock.advanceAsync(1_000);
    expect(errors()).toEqual(failure('tool_timeout', 'The tool gave no result within 1 s'));
  });

  it('of a megabyte is cut to 32 kB of valid JSON', async () => {
    const { call, outcomes } = start(() => '🎤'.repeat(250_000));
    await call();
    const output = outcomes[0]?.output ?? '';
    expect(new TextEncoder().encode(output).length).toBeLessThanOrEqual(32_768);
    expect(JSON.parse(output)).toMatchObject({ truncated: true });
  });

  it('whose id comes twice runs once', async () => {
    let runs = 0;
    const { call, outcomes } = start(() => ++runs);
    await call();
    await call();
    expect([runs, outcomes.length]).toEqual([1, 1]);
  });
});

describe('several calls', () => {
  it('run side by side and end in their own time', async () => {
    const { clock, outcomes, runner, call } = start(
      ({ colour }) => new Promise((resolve) => clock.after(Number(colour), () => resolve(colour))),
    );
    await call('{"colour":"200"}', 'lamp', 'slow');
    await call('{"colour":"100"}', 'lamp', 'fast');
    expect(runner.running.map((request) => request.callId)).toEqual(['slow', 'fast']);
    await clock.advanceAsync(200);
    expect(outcomes.map((outcome) => [outcome.callId, outcome.durationMs])).toEqual([
      ['fast', 100],
      ['slow', 200],
    ]);
    expect(runner.running).toEqual([]);
  });
});

describe('what a tool may use', () => {
  it('names whom it serves', async () => {
    const seen: ToolContext[] = [];
    const { call } = start((_input, context) => seen.push(context));
    await call();
    expect(seen[0]).toMatchObject({ conversationId: 'c', participantId: 'par_1', callId: 'call_1' });
  });

  it('shows progress while it runs, and not after', async () => {
    const contexts: ToolContext[] = [];
    const { call, progress } = start((_input, context) => {
      contexts.push(context);
      context.progress({ left: 3, key: 'SECRET' });
      context.progress(1n);
      context.progress('x'.repeat(8_000));
    });
    await call();
    contexts[0]?.progress('late');
    expect(progress).toEqual([{ left: 3, key: '***' }]);
  });

  it('that shows progress without pause is shown ten times a second, and its last one before its result', async () => {
    const order: unknown[] = [];
    const { call, clock, progress, outcomes } = start(async (_input, context) => {
      for (let round = 0; round < 10; round++) {
        for (let step = 0; step < 1_000; step++) context.progress(round * 1_000 + step);
        await new Promise<void>((resolve) => clock.after(100, resolve));
      }
      context.progress('last');
      order.push(...progress);
    });
    await call();
    await clock.advanceAsync(1_000);
    expect(outcomes).toHaveLength(1);
    expect(progress.length).toBeLessThanOrEqual(12);
    expect([progress[0], progress.at(-1), order.length]).toEqual([0, 'last', progress.length - 1]);
    expect(clock.pending).toBe(0);
  });

  it('shows the latest progress of a burst after a pause, while the tool goes on', async () => {
    const contexts: ToolContext[] = [];
    const { call, clock, progress, runner } = start((_input, context) => {
      contexts.push(context);
      for (const value of [1, 2, 3]) context.progress(value);
      return never();
    });
    await call();
    expect(progress).toEqual([1]);
    await clock.advanceAsync(100);
    expect(progress).toEqual([1, 3]);
    await clock.advanceAsync(500);
    for (const value of [4, 5]) contexts[0]?.progress(value);
    expect(progress).toEqual([1, 3, 4]);
    runner.close();
    await clock.advanceAsync(1_000);
    expect([progress, clock.pending]).toEqual([[1, 3, 4], 0]);
  });

  it('shows nothing of a value that is no value without its secrets', async () => {
    const { call, progress, outcomes } = start(
      (_input, context) => {
        context.progress({ left: 42 });
        context.progress('fine');
        return 'done';
      },
      { secret: '42' },
    );
    await call();
    expect([progress, outcomes[0]?.output]).toEqual([['fine'], '"done"']);
  });

  it('speaks later, as long as the session lives', async () => {
    const contexts: ToolContext[] = [];
    const { call, announced, runner } = start((_input, context) => {
      contexts.push(context);
    });
    await call();
    contexts[0]?.announce('Time is up, SECRET');
    contexts[0]?.announce('  ');
    runner.close();
    contexts[0]?.announce('nobody is there');
    expect(announced).toEqual(['Time is up, ***']);
  });
});

describe('a session that closes', () => {
  it('aborts what runs, drops its results and starts nothing more', async () => {
    const signals: AbortSignal[] = [];
    const { call, outcomes, runner, clock, started } = start((_input, { signal }) => {
      signals.push(signal);
      return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    });
    await call();
    runner.close();
    runner.close();
    expect(signals[0]?.reason).toMatchObject({ code: 'tool_aborted' });
    await call('{}', 'lamp', 'call_2');
    expect([outcomes, started, clock.pending]).toEqual([[], ['call_1'], 0]);
  });
});

function thrown(value: unknown): never {
  throw value;
}
