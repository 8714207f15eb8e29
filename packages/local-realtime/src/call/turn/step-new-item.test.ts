import { expect, it } from 'vitest';
import type { NewItem } from '../../openai/client-command.ts';
import { newSession } from '../../openai/session.ts';
import type { CallState } from './call-state.ts';
import { newCallState, stepCall } from './step-call.ts';

const MEBI = 1024 * 1024;
const PICTURE = `data:image/png;base64,${'A'.repeat(8 * MEBI)}`;
const MESSAGE = { type: 'message', id: undefined, role: 'user', status: 'completed' } as const;

function create(state: CallState, item: NewItem) {
  const command = { type: 'createItem', item, after: undefined } as const;
  const stepped = stepCall(state, { type: 'command', command, eventId: 'mine', heardMs: 0 }, 0);
  const told = stepped.effects.flatMap((effect) => (effect.type === 'send' ? [effect.event] : []));
  return { state: stepped.state, told };
}

it.each([
  { what: 'pictures', most: 7, content: { type: 'input_image', url: PICTURE, detail: 'auto' } as const },
  { what: 'items', most: 10_000, content: { type: 'input_text', text: 'x' } as const },
])('a conversation takes $most $what, and one more when one is deleted', ({ most, content }) => {
  const item = { ...MESSAGE, content: [content] };
  let state = newCallState('Test', newSession('sess_test', 0, 'marin'), 'events');
  const old = Array.from({ length: most - 1 }, (_, n) => ({ ...item, id: `old_${n}` }));
  state = create({ ...state, items: old }, item).state;
  expect(state.items).toHaveLength(most);
  const refused = create(state, item);
  expect(refused.told).toMatchObject([{ type: 'error', error: { code: 'conversation_too_long', event_id: 'mine' } }]);
  expect(refused.state.items).toBe(state.items);
  expect(create({ ...state, items: state.items.slice(1) }, item).state.items).toHaveLength(most);
});
