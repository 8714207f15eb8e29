import { ManualClock } from '@voice-bridge/core/testing';
import { describe, expect, it } from 'vitest';
import { answer } from '../engines/assistant/assistant-engine.contract.ts';
import type { AssistantItem } from '../engines/assistant/assistant-engine.ts';
import { createScriptedAssistant } from '../engines/assistant/scripted-assistant.ts';
import { anySignal } from '../engines/engine-test-support.ts';
import { parseFaultPlan } from './fault-plan.ts';
import { Faults } from './faults.ts';
import { FaultyLine } from './faulty-line.ts';
import { slowToolTurns } from './slow-tool-turns.ts';

const event = (type: string, more: object = {}) => JSON.stringify({ type, event_id: 'e1', ...more });

describe('a plan', () => {
  it('is read from JSON, and nothing else is taken', () => {
    expect(parseFaultPlan('{"connect":{"status":503,"times":2},"loseEvents":["response.done"]}')).toEqual({
      ok: true,
      value: { connect: { status: 503, times: 2 }, loseEvents: ['response.done'] },
    });
    for (const text of [
      '',
      '[]',
      '{"connect":{"status":200}}',
      '{"drop":{}}',
      '{"drops":{}}',
      '{"expireAfterMs":-1}',
      '{"connect":{"code":"insufficient_quota"}}',
      '{"endAnswer":{"as":"boredom"}}',
    ]) {
      expect(parseFaultPlan(text).ok).toBe(false);
    }
    expect(() => new Faults({ audioGaps: { everyMs: 0, lengthMs: 1 } })).toThrow(TypeError);
  });

  it('refuses so often, then no more', () => {
    const faults = new Faults({ connect: { status: 503, times: 2 } });
    const taken = [1, 2, 3].map(() => faults.takeConnect());
    const refusal = { status: 503, code: undefined, delayMs: 0 };
    expect(taken).toEqual([refusal, refusal, undefined]);
    faults.set({ connect: { delayMs: 5 } });
    expect(faults.takeConnect()).toEqual({ status: undefined, code: undefined, delayMs: 5 });
    faults.set({});
    expect(faults.takeConnect()).toBeUndefined();
  });
});

describe('a line', () => {
  it('sends everything as it is when nothing goes wrong', () => {
    const line = new FaultyLine(new Faults());
    expect(line.events(event('response.done'))).toEqual([event('response.done')]);
    expect(line.audio(20)).toBe(true);
  });

  it('loses, repeats and inserts events by their types', () => {
    const faults = new Faults({
      loseEvents: ['response.created'],
      repeatEvents: ['response.done'],
      insert: { before: 'response.done', event: 'unknown' },
    });
    const line = new FaultyLine(faults);
    expect(line.events(event('response.created'))).toEqual([]);
    const [strange, ...rest] = line.events(event('response.done'));
    expect(rest).toEqual([event('response.done'), event('response.done')]);
    expect(JSON.parse(strange ?? '')).toMatchObject({ type: 'response.mystery' });
    faults.set({ insert: { before: 'response.done', event: 'my own' } });
    expect(line.events(event('response.done'))).toEqual(['my own', event('response.done')]);
    faults.set({ insert: { before: 'response.done', event: 'malformed' } });
    expect(() => JSON.parse(line.events(event('response.done'))[0] ?? '')).toThrow();
  });

  it('leaves gaps of one length at even distances', () => {
    const line = new FaultyLine(new Faults({ audioGaps: { everyMs: 100, lengthMs: 40 } }));
    const sent = Array.from({ length: 10 }, () => line.audio(20));
    expect(sent).toEqual([true, true, false, false, true, true, true, false, false, true]);
  });

  it('stalls once an answer is so long, for good and once only', () => {
    const faults = new Faults({ stall: { afterMs: 60 } });
    const line = new FaultyLine(faults);
    expect([1, 2, 3, 4, 5].map(() => line.audio(20))).toEqual([true, true, true, false, false]);
    expect(line.events(event('response.done'))).toEqual([]);
    expect(Array.from({ length: 5 }, () => new FaultyLine(faults)).every((next) => next.audio(20))).toBe(true);
    const next = new FaultyLine(faults);
    expect([1, 2, 3, 4, 5].map(() => next.audio(20))).not.toContain(false);
  });

  it('counts the audio in events by its format, and each answer from its beginning', async () => {
    const line = new FaultyLine(new Faults({ drop: { afterMs: 100 } }));
    const begin = (type: string) =>
      event('response.created', { response: { audio: { output: { format: { type } } } } });
    const audio = (bytes: number) =>
      event('response.output_audio.delta', { delta: Buffer.alloc(bytes).toString('base64') });
    line.events(begin('audio/pcm'));
    expect(line.events(audio(48 * 99))).toHaveLength(1);
    line.events(begin('audio/pcmu'));
    expect(line.events(audio(8 * 102))).toHaveLength(1);
    expect(line.events(audio(8))).toEqual([]);
    await line.whenDropped;
    expect(line.events(event('response.done'))).toEqual([]);
  });
});

it('tool turns are late, and nothing else', async () => {
  const clock = new ManualClock();
  const call = { type: 'function_call', name: 'set_lamp', arguments: '{}' } as const;
  const sentence = { type: 'sentence', text: 'Done.' } as const;
  const assistant = slowToolTurns(
    createScriptedAssistant([[sentence], [call, sentence], [sentence], [call]]),
    new Faults({ toolTurnDelayMs: 1_000 }),
    clock,
  );
  const times: number[] = [];
  const ask = async (items: AssistantItem[], signal = anySignal()) => {
    const answered = answer(assistant, items, [], signal).then((outputs) => {
      times.push(clock.now());
      return outputs;
    });
    await clock.advanceAsync(2_000);
    return answered;
  };
  expect(await ask([])).toEqual([sentence]);
  expect(await ask([])).toEqual([call, sentence]);
  expect(await ask([{ type: 'function_call_output', callId: 'c', output: '' }])).toEqual([sentence]);
  const controller = new AbortController();
  clock.after(500, () => controller.abort());
  expect(await ask([], controller.signal)).toEqual([]);
  expect(times).toEqual([0, 3_000, 5_000, 6_500]);
  expect(clock.pending).toBe(0);
});
