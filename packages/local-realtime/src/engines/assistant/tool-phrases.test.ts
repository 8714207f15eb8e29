import { describe, expect, it } from 'vitest';
import { toolPhrases } from './tool-phrases.ts';

function notations(
  description: string,
  properties: Readonly<Record<string, unknown>> = {},
  name = 'tool',
  required?: string[],
): string[] {
  const parameters = { type: 'object', properties, required: required ?? Object.keys(properties) };
  return toolPhrases({ name, description, parameters }).map((phrase) => phrase.notation);
}

const COLOUR = { type: 'string', enum: ['red', 'dark green', 'warm_white'] };

describe('the examples that a description quotes', () => {
  it('stand for every value of a choice', () => {
    expect(notations('Say: "set it to red", "make it Warm White!"', { colour: COLOUR })).toEqual([
      'set it to <colour:red|dark green|warm white>',
      'make it <colour:red|dark green|warm white>',
    ]);
  });

  it('stand for every number, and for every length of time', () => {
    expect(
      notations('"roll two dice with six sides"', { sides: { type: 'integer' }, count: { type: 'integer' } }),
    ).toEqual(['roll <count:number> dice with <sides:number> sides']);
    expect(notations('"wait 30 seconds"', { seconds: { type: 'number' } })).toEqual(['wait <seconds:duration>']);
    expect(notations('"wait for 30"', { delay_seconds: { type: 'number' } })).toEqual([
      'wait for <delay_seconds:number>',
    ]);
  });

  it('stand for every text: after a colon, after what two of them share, or for the last word', () => {
    const text = { text: { type: 'string' } };
    expect(notations('"remember: buy milk"', text)).toEqual(['remember <text:text>']);
    expect(notations('"note down buy milk", "note down call Bob now"', text)).toEqual([
      'note down <text:text>',
      'note down <text:text>',
    ]);
    expect(notations('"look for cats"', text)).toEqual(['look for <text:text>']);
  });

  it('stand for on and off', () => {
    expect(notations('"turn the light on"', { on: { type: 'boolean' } })).toEqual([
      'turn the light <on:on|yes|true|off|no|false>',
    ]);
  });

  it('may name their slots', () => {
    expect(notations('"move <colour> by <steps> steps"', { colour: COLOUR, steps: { type: 'integer' } })).toEqual([
      'move <colour:red|dark green|warm white> by <steps:number> steps',
    ]);
    expect(notations('"move <nothing>"', { colour: COLOUR })).toEqual([]);
  });

  it('are those after "say" when there is one, else all', () => {
    expect(notations('Sets the "mode". Say "go fast".')).toEqual(['go fast']);
    expect(notations('Also “go slow” or "stop"')).toEqual(['go slow', 'stop']);
  });

  it('count for nothing when they cannot be read', () => {
    expect(notations('Say "(((", "<colour", "fine"', { colour: COLOUR })).toEqual(['fine']);
  });
});

it('answers to its name when nothing is quoted', () => {
  expect(notations('Rolls dice', {}, 'rollDice')).toEqual(['roll dice']);
  expect(notations('Sets it', { colour: COLOUR, fade: { type: 'boolean' } }, 'set_lamp', ['colour'])).toEqual([
    'set lamp <colour:red|dark green|warm white>',
  ]);
});

it('finds parameters behind alternatives, and ignores what words cannot fill', () => {
  const properties = { colour: { anyOf: [{ type: 'null' }, COLOUR] }, list: { type: 'array' }, odd: 7 };
  expect(notations('"paint it red"', properties)).toEqual(['paint it <colour:red|dark green|warm white>']);
  for (const parameters of [null, 'text', [], { properties: 5 }, { properties: { a: null } }]) {
    expect(toolPhrases({ name: 'go', description: '', parameters }).map((phrase) => phrase.notation)).toEqual(['go']);
  }
});
