import { describe, expect, it } from 'vitest';
import { anySignal } from '../engine-test-support.ts';
import { answer, ask, assistantEngineContract, user } from './assistant-engine.contract.ts';
import type { AssistantItem, AssistantOutput, AssistantTool, AssistantToolChoice } from './assistant-engine.ts';
import { DEMO_TOOLS } from './demo-tools.ts';
import { createRulesAssistant } from './rules-assistant.ts';

assistantEngineContract('rules', createRulesAssistant);

/** What it says or calls, in one line. */
async function reply(items: string | readonly AssistantItem[], tools = DEMO_TOOLS): Promise<string> {
  const outputs = await answer(createRulesAssistant(), typeof items === 'string' ? [user(items)] : items, tools);
  return outputs
    .map((output) => (output.type === 'sentence' ? output.text : `${output.name}(${output.arguments})`))
    .join(' ');
}

describe('a tool that has to be called', () => {
  const forced = async (text: string, toolChoice: AssistantToolChoice, tools: readonly AssistantTool[]) => {
    const outputs: AssistantOutput[] = [];
    const request = ask({ items: [user(text)], tools, toolChoice });
    for await (const output of createRulesAssistant().respond(request, anySignal())) outputs.push(output);
    return outputs;
  };

  it('is called as asked when the words fit, and otherwise with whatever its parameters take', async () => {
    const required = { name: 'required' } as const;
    const [lamp, note] = DEMO_TOOLS;
    const call = (name: string, values: object) => [{ type: 'function_call', name, arguments: JSON.stringify(values) }];
    expect(await forced('roll the dice', required, DEMO_TOOLS)).toEqual(call('roll_dice', {}));
    expect(await forced('good morning', required, DEMO_TOOLS)).toEqual(call('set_lamp', { colour: 'red' }));
    const named = { name: 'function', tool: 'add_note' } as const;
    expect(await forced('good morning', named, note === undefined ? [] : [note])).toEqual(
      call('add_note', { text: 'good morning' }),
    );
    expect(await forced('good morning', { name: 'auto' }, lamp === undefined ? [] : [lamp])).toMatchObject([
      { type: 'sentence' },
    ]);
  });
});

describe('the rules assistant', () => {
  it.each([
    ['set the lamp to purple', 'set_lamp({"colour":"purple"})'],
    ['Could you please turn the lamp off?', 'set_lamp({"colour":"off"})'],
    ['make light white', 'set_lamp({"colour":"white"})'],
    ['Take a note: Call Mum at 5!', 'add_note({"text":"Call Mum at 5"})'],
    ['take a note water the plants', 'add_note({"text":"water the plants"})'],
    ['what are my notes', 'read_notes({})'],
    ['start a timer for forty five seconds', 'start_timer({"seconds":45})'],
    ['set a timer for 2 minutes', 'start_timer({"seconds":120})'],
    ['roll the dice', 'roll_dice({})'],
    ['roll the dice and set the lamp to red', 'roll_dice({}) set_lamp({"colour":"red"})'],
  ])('"%s" calls %s', async (text, call) => {
    expect(await reply(text)).toBe(call);
  });

  it.each(['set the lamp to beige', 'start a timer for ever', 'roll', 'set the lamp to red and explode'])(
    '"%s" calls nothing and tells what can be said',
    async (text) => {
      expect(await reply(text)).toBe(
        `I heard "${text}", but I cannot do that. You can say "set the lamp to blue", "take a note buy milk", "read my notes", or "tell me a story".`,
      );
    },
  );

  it('greets when nobody has said anything, and asks again when it caught nothing', async () => {
    expect(await reply([])).toMatch(/^Hello! I am listening\. You can say "set the lamp to blue"/);
    expect(await reply('')).toMatch(/^I did not catch that\. You can say "set the lamp to blue"/);
    expect(await reply('...')).toMatch(/^I did not catch that\./);
    expect(await reply('', [])).toBe('I did not catch that. You can say "tell me a story".');
  });

  it('chats', async () => {
    expect(await reply('Good morning!')).toBe('Hello! What can I do for you?');
    expect(await reply('thank you')).toBe('You are welcome.');
    expect(await reply('what can you do')).toMatch(/^You can say/);
    expect((await answer(createRulesAssistant(), [user('tell me a story')])).length).toBeGreaterThan(10);
  });

  it('does not mistake a question for a courtesy', async () => {
    expect(await reply('can you hear me?')).toBe('Loud and clear.');
    expect(await reply('Can you tell me a joke, please?')).toMatch(/^Why did the packet/);
  });

  it('lets a tool answer what it would have chatted about', async () => {
    const clock = { name: 'clock', description: 'Tells the time. Say: "what time is it".', parameters: {} };
    expect(await reply('what time is it', [clock])).toBe('clock({})');
  });

  it('repeats itself when asked', async () => {
    const items: AssistantItem[] = [
      user('hello'),
      { type: 'message', role: 'assistant', text: 'The lamp is blue. Anything else?' },
      user('repeat that'),
    ];
    expect(await reply(items)).toBe('The lamp is blue. Anything else?');
    expect(await reply('say that again')).toBe('I have not said anything yet.');
  });

  it('says the results of tools that nobody has heard yet, and only those', async () => {
    const turn: AssistantItem[] = [
      user('roll the dice'),
      { type: 'function_call', callId: 'a', name: 'roll_dice', arguments: '{}' },
      { type: 'function_call_output', callId: 'a', output: '{"say":"You rolled a 4."}' },
    ];
    expect(await reply(turn)).toBe('You rolled a 4.');
    const second: AssistantItem[] = [
      ...turn,
      { type: 'message', role: 'assistant', text: 'You rolled a 4.' },
      { type: 'function_call_output', callId: 'b', output: '{"say":"Time is up."}' },
      { type: 'function_call_output', callId: 'c', output: '{"error":{"code":"tool_failed","message":"no lamp"}}' },
    ];
    expect(await reply(second)).toBe('Time is up. Sorry, that did not work. No lamp.');
  });

  it('says a result that nobody has heard before it answers what came after', async () => {
    const items: AssistantItem[] = [
      user('start a timer for ten seconds'),
      { type: 'function_call', callId: 'a', name: 'start_timer', arguments: '{"seconds":10}' },
      { type: 'function_call_output', callId: 'a', output: '{"say":"Time is up."}' },
      user('thank you'),
    ];
    expect(await reply(items)).toBe('Time is up. You are welcome.');
    expect(await reply([...items, { type: 'message', role: 'assistant', text: 'x' }, user('thank you')])).toBe(
      'You are welcome.',
    );
  });

  it('does not call a tool again that is still at work', async () => {
    const call = { type: 'function_call', callId: 'a', name: 'roll_dice', arguments: '{}' } as const;
    expect(await reply([user('roll the dice'), call])).toBe('I am still at it.');
    expect(await reply([user('roll the dice'), call, user('hello')])).toBe('Hello! What can I do for you?');
  });

  it('says what a system message hands over', async () => {
    expect(await reply([user('hi'), { type: 'message', role: 'system', text: 'Say: "Dinner is ready."' }])).toBe(
      'Dinner is ready.',
    );
    expect(await reply([{ type: 'message', role: 'system', text: 'The timer is over.' }])).toBe('The timer is over.');
  });

  it('asks for what is missing', async () => {
    const paint = {
      name: 'paint',
      description: 'Say: "paint it <colour> on <wall>", "paint it".',
      parameters: {
        properties: { colour: { enum: ['red'] }, wall: { enum: ['north'] } },
        required: ['colour', 'wall'],
      },
    };
    expect(await reply('paint it', [paint])).toBe('I need the colour for that. You can say: paint it.');
    expect(await reply('paint it red on north', [paint])).toBe('paint({"colour":"red","wall":"north"})');
  });
});

it('gives the recogniser sentences for free text, and every phrase once', () => {
  const phrases = createRulesAssistant().phrases(DEMO_TOOLS);
  expect(new Set(phrases).size).toBe(phrases.length);
  expect(phrases).toContain('take a note <text:text>');
  expect(phrases).toContain('take a note call my mother');
  expect(phrases).toContain('start a timer for <seconds:duration>');
  expect(phrases).toContain('tell me a story');
});

it.each(['say ', 'say \u201c'])(
  'a long text of nothing but "%s" takes no time that others would miss',
  async (part) => {
    const text = part.repeat((256 * 1_024) / part.length).trim();
    expect(await reply([{ type: 'message', role: 'system', text }])).toHaveLength(text.length);
  },
);

it.each([4_000, 256 * 1_024])(
  '%i characters of nothing but "and" take no time that others would miss',
  async (length) => {
    const before = process.cpuUsage();
    await reply('x and '.repeat(length / 6).trim());
    expect(process.cpuUsage(before).user / 1_000, 'ms of CPU').toBeLessThan(1_000);
  },
);
