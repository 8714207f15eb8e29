import { expect, it } from 'vitest';
import { parseScript } from './script-file.ts';

it('reads sentences, calls and what is heard', () => {
  const script = {
    turns: ['Hello.', ['One moment.', { call: 'set_lamp', arguments: { colour: 'blue' } }, { call: 'roll_dice' }], []],
    heard: ['hi', 'set the lamp to blue'],
  };
  expect(parseScript(JSON.stringify(script))).toEqual({
    ok: true,
    value: {
      turns: [
        [{ type: 'sentence', text: 'Hello.' }],
        [
          { type: 'sentence', text: 'One moment.' },
          { type: 'function_call', name: 'set_lamp', arguments: '{"colour":"blue"}' },
          { type: 'function_call', name: 'roll_dice', arguments: '{}' },
        ],
        [],
      ],
      heard: ['hi', 'set the lamp to blue'],
    },
  });
});

it.each(['', '[]', '{}', '{"turns":[5]}', '{"turns":[],"herd":[]}', '{"turns":[[{"call":"x","argument":{}}]]}'])(
  'says what is wrong with %s',
  (text) => {
    expect(parseScript(text)).toMatchObject({ ok: false, problem: expect.stringMatching(/./) });
  },
);
