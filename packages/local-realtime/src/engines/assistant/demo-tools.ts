import type { AssistantTool } from './assistant-engine.ts';

/** Tools like those of the voice-assistant example, as the bridge hands them to a model; for tests. */
export const DEMO_TOOLS: readonly AssistantTool[] = [
  tool(
    'set_lamp',
    'Switch the lamp on the page to a colour, or off. Say: "set the lamp to blue", "turn the lamp green", "make the light red", "turn the lamp off".',
    {
      colour: { type: 'string', enum: ['red', 'orange', 'yellow', 'green', 'blue', 'purple', 'pink', 'white', 'off'] },
    },
  ),
  tool(
    'add_note',
    'Write a note down for later. Say: "take a note buy milk", "take a note call my mother", "take a note water the plants".',
    { text: { type: 'string', minLength: 1, maxLength: 500 } },
  ),
  tool('read_notes', 'Read every note back. Say: "read my notes", "what are my notes".', {}),
  tool(
    'start_timer',
    'Start a timer and say when it is over. Say: "start a timer for ten seconds", "set a timer for five seconds".',
    { seconds: { type: 'integer', minimum: 1, maximum: 600 } },
  ),
  tool('roll_dice', 'Roll one six-sided die. Say: "roll the dice", "throw the dice".', {}),
];

function tool(name: string, description: string, properties: Readonly<Record<string, unknown>>): AssistantTool {
  return { name, description, parameters: { type: 'object', properties, required: Object.keys(properties) } };
}
