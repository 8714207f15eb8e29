import { describe, expect, it } from 'vitest';
import { parseClientEvent } from './client-events.ts';

const update = (session: object) => ({ type: 'session.update', session: { type: 'realtime', ...session } });

describe('what is wrong with a client event, in the words of OpenAI', () => {
  it.each([
    [{}, 'invalid_event', null, "The 'type' field is missing."],
    [
      { type: 'session.dance' },
      'invalid_value',
      'type',
      /^Invalid value: 'session.dance'. Supported values are: 'session.update', /,
    ],
    [
      { type: 'session.update', session: {} },
      'missing_required_parameter',
      'session.type',
      "Missing required parameter: 'session.type'.",
    ],
    [{ type: 'response.cancel', force: 1 }, 'unknown_parameter', 'force', "Unknown parameter: 'force'."],
    [
      update({ modalities: ['text'] }),
      'unknown_parameter',
      'session.modalities',
      "Unknown parameter: 'session.modalities'.",
    ],
    [
      update({ tools: [{ type: 'function', name: 'a', meta: 1 }] }),
      'unknown_parameter',
      'session.tools[0].meta',
      "Unknown parameter: 'session.tools[0].meta'.",
    ],
    [
      update({ tool_choice: { type: 'function' } }),
      'missing_required_parameter',
      'session.tool_choice.name',
      "Missing required parameter: 'session.tool_choice.name'.",
    ],
    [
      update({ max_output_tokens: 5_000 }),
      'integer_above_max_value',
      'session.max_output_tokens',
      "Invalid 'session.max_output_tokens': integer above maximum value. Expected a value <= 4096, but got 5000 instead.",
    ],
    [
      update({ audio: { output: { speed: 0.1 } } }),
      'decimal_below_min_value',
      'session.audio.output.speed',
      "Invalid 'session.audio.output.speed': decimal below minimum value. Expected a value >= 0.25, but got 0.1 instead.",
    ],
    [
      update({ instructions: 7 }),
      'invalid_type',
      'session.instructions',
      "Invalid type for 'session.instructions': expected a string, but got an integer instead.",
    ],
    [
      update({ audio: { input: { turn_detection: { type: 'telepathy' } } } }),
      'invalid_value',
      'session.audio.input.turn_detection.type',
      /'telepathy'/,
    ],
    [
      { type: 'conversation.item.create', item: { type: 'message', role: 'user', content: [] } },
      'array_below_min_length',
      'item.content',
      /array too short/,
    ],
    [
      {
        type: 'conversation.item.create',
        item: { type: 'message', role: 'assistant', content: [{ type: 'output_audio' }] },
      },
      'invalid_value',
      'item.content[0].type',
      /'output_text'/,
    ],
    [
      { type: 'conversation.item.retrieve', item_id: 'x'.repeat(300) },
      'string_above_max_length',
      'item_id',
      /maximum length 256, but got a string with length 300/,
    ],
  ])('%j', (event, code, param, message) => {
    const parsed = parseClientEvent(JSON.stringify(event));
    if (parsed.ok) expect.fail('was read');
    expect(parsed.fault).toEqual({
      code,
      param,
      message: typeof message === 'string' ? message : expect.stringMatching(message),
    });
  });

  it('repeats no more of a value than fits, and nothing that could forge a line', () => {
    const parsed = parseClientEvent(JSON.stringify(update({ tool_choice: `evil\n'${'x'.repeat(5_000)}` })));
    if (parsed.ok) expect.fail('was read');
    expect(parsed.fault?.message.length).toBeLessThan(300);
    expect(parsed.fault?.message).not.toMatch(/\n/);
  });
});
