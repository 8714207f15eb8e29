import { describe, expect, it } from 'vitest';
import { ManualClock } from '../testing/manual-clock.ts';
import { Machine, type MachineOptions } from './machine.ts';

type Options = MachineOptions<number, string, string>;

function machine(log: string[], options: Partial<Options> = {}): Machine<number, string, string> {
  return new Machine<number, string, string>({
    initial: 0,
    step: (state, input) => ({ state: state + 1, effects: [`${input}1`, `${input}2`] }),
    perform: (effect) => log.push(effect),
    onChange: (state, previous) => log.push(`${previous}->${state}`),
    clock: new ManualClock(),
    ...options,
  });
}

describe('Machine', () => {
  it('announces the change, then performs the effects in order', () => {
    const log: string[] = [];
    machine(log).send('a');
    expect(log).toEqual(['0->1', 'a1', 'a2']);
  });

  it('takes inputs that come meanwhile after the effects of the running step', () => {
    const log: string[] = [];
    const running = machine(log, {
      perform: (effect) => {
        log.push(effect);
        if (effect === 'a1') running.send('b');
      },
    });
    running.send('a');
    expect(log).toEqual(['0->1', 'a1', 'a2', '1->2', 'b1', 'b2']);
  });

  it('says nothing when the state stays the same', () => {
    const log: string[] = [];
    machine(log, { step: (state) => ({ state, effects: [] }) }).send('a');
    expect(log).toEqual([]);
  });

  it('does everything else when an effect throws, and lets the sender know', () => {
    const log: string[] = [];
    const running = machine(log, {
      perform: (effect) => {
        if (effect === 'a1') throw new Error('broken effect');
        log.push(effect);
      },
    });
    expect(() => running.send('a')).toThrow('broken effect');
    running.send('b');
    expect(log).toEqual(['0->1', 'a2', '1->2', 'b1', 'b2']);
  });

  it('goes on after a step or a listener that throws', () => {
    const log: string[] = [];
    const running = machine(log, {
      step: (state, input) => {
        if (input === 'bad') throw new Error('broken step');
        return { state: state + 1, effects: [input] };
      },
      onChange: () => {
        throw new Error('broken listener');
      },
    });
    expect(() => running.send('bad')).toThrow('broken step');
    expect(() => running.send('good')).toThrow('broken listener');
    expect(running.state).toBe(1);
    expect(log).toEqual(['good']);
  });

  it('sends a tick when the state asks for it, and leaves no timer when it asks no more', () => {
    const clock = new ManualClock();
    const log: string[] = [];
    const running = machine(log, {
      clock,
      tick: 'tick',
      wakeAt: (state) => (state < 2 ? (state + 1) * 100 : undefined),
    });
    clock.advance(100);
    expect(running.state).toBe(1);
    clock.advance(99);
    expect(running.state).toBe(1);
    clock.advance(1);
    expect(running.state).toBe(2);
    expect(clock.pending).toBe(0);
  });
});
