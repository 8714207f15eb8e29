import { expect, it } from 'vitest';
import { FakeClientHost } from '../../testing/fake-client-host.ts';
import { listOpenConversations } from './open-conversations.ts';

const KITCHEN = { conversation_id: 'kitchen', state: 'open', opened_at: 1_700_000_000_000, participants: 2 };
const { signal } = new AbortController();

it('[S-0.32] lists the conversations that the bridge lets the caller join', async () => {
  const host = new FakeClientHost();
  host.bridge.answer('GET', { status: 200, json: { conversations: [KITCHEN] } });
  const options = { url: 'https://bridge.example/', auth: () => 'secret' };
  expect(await listOpenConversations(options, signal, host)).toEqual([
    { conversationId: 'kitchen', state: 'open', openedAt: 1_700_000_000_000, participants: 2 },
  ]);
  expect(host.bridge.requests).toMatchObject([
    { method: 'GET', url: 'https://bridge.example/api/realtime/conversations', authorization: 'Bearer secret' },
  ]);
});

it('rejects with the code of a refusal, and with bridge_unreachable for what is no list', async () => {
  const host = new FakeClientHost();
  host.bridge.answer('GET', { refuse: 'unauthorized', status: 401 });
  await expect(listOpenConversations({}, signal, host)).rejects.toMatchObject({ code: 'unauthorized' });
  host.bridge.answer('GET', { status: 200, json: { conversations: 'none' } });
  await expect(listOpenConversations({}, signal, host)).rejects.toMatchObject({ code: 'bridge_unreachable' });
});
