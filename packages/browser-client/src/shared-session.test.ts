import type { ParticipantView } from '@voice-bridge/core';
import { describe, expect, it } from 'vitest';
import { settle, setUpClient } from './testing/client-fixture.ts';

const ME: ParticipantView = {
  participant_id: 'par_1',
  name: 'Ada',
  role: 'speaker',
  transport: 'webrtc',
  muted: false,
  gain: 1,
};
const BOB: ParticipantView = { ...ME, participant_id: 'par_2', name: 'Bob', gain: 0.5 };
const SHARED = { shared: true, name: 'Ada', role: 'speaker' } as const;

describe('VoiceBridgeClient in a shared session', () => {
  it('joins beside the others, also on a redial, and never ends the session for them [S-1.37]', async () => {
    const { client, connect, connection, host } = setUpClient(SHARED);
    const first = await connect();
    first.changeState('failed');
    await settle();
    host.clock.advance(8_000);
    await settle();
    connection().join();
    await settle();
    const asked = host.bridge.requests.filter(({ method }) => method === 'POST').map(({ body }) => body);
    expect(asked).toHaveLength(2);
    for (const body of asked) expect(body).toMatchObject({ join: true, name: 'Ada', role: 'speaker' });

    await client.disconnect();
    expect(connection().heard.at(-1)).toEqual({ type: 'leave' });
    expect(host.bridge.count('DELETE')).toBe(0);
  });

  it('a page that joins nobody says nothing of it, and ends its session', async () => {
    const { client, connect, host } = setUpClient();
    await connect();
    await client.disconnect();
    const [request] = host.bridge.requests.filter(({ method }) => method === 'POST');
    expect(request?.body).not.toHaveProperty('join');
    expect(host.bridge.count('DELETE')).toBe(1);
  });

  it('shows who is there, oneself marked, and forgets them in the end [S-1.38]', async () => {
    const { client, connect, connection } = setUpClient(SHARED);
    await connect();
    connection().join({ participants: [ME] });
    connection().say({ type: 'participants', participants: [ME, { ...BOB, muted: true }] });
    expect(client.getSnapshot().participants).toEqual([
      {
        participantId: 'par_1',
        name: 'Ada',
        role: 'speaker',
        transport: 'webrtc',
        muted: false,
        gain: 1,
        isSelf: true,
      },
      {
        participantId: 'par_2',
        name: 'Bob',
        role: 'speaker',
        transport: 'webrtc',
        muted: true,
        gain: 0.5,
        isSelf: false,
      },
    ]);
    await client.disconnect();
    expect(client.getSnapshot().participants).toEqual([]);
  });

  it('tells whose voice is heard in the snapshot, and how loud without a change of it', async () => {
    const { client, connect, connection } = setUpClient(SHARED);
    await connect();
    const levels = (level: number) => [{ participant_id: 'par_2', level }];
    connection().say({ type: 'levels', levels: levels(0.3), active: 'par_2' });
    const before = client.getSnapshot();
    expect(before.activeSpeaker).toBe('par_2');
    expect(client.participantLevel('par_2')).toBe(0.3);
    connection().say({ type: 'levels', levels: levels(0.6), active: 'par_2' });
    expect(client.getSnapshot()).toBe(before);
    expect([client.participantLevel('par_2'), client.participantLevel('par_9')]).toEqual([0.6, 0]);
    await client.disconnect();
  });

  it('asks for changes of others and for their removal; a refusal comes as a warning [S-1.39]', async () => {
    const { client, connect, connection } = setUpClient(SHARED);
    await connect();
    const warnings: string[] = [];
    client.on('warning', ({ code }) => warnings.push(code));
    client.setParticipant('par_2', { gain: 2, role: 'listener' });
    client.removeParticipant('par_2');
    connection().say({ type: 'error', code: 'forbidden', message: 'That takes a moderator' });
    expect(connection().heard.slice(-2)).toEqual([
      { type: 'set_participant', participant_id: 'par_2', gain: 2, role: 'listener' },
      { type: 'remove_participant', participant_id: 'par_2' },
    ]);
    expect(warnings).toEqual(['forbidden']);
    await client.disconnect();
  });

  it('types on the channel, where the bridge knows who does, and shows whose line it is', async () => {
    const { client, connect, connection, host } = setUpClient(SHARED);
    await connect();
    await client.sendText('turn the lamp green');
    expect(connection().heard.at(-1)).toEqual({ type: 'text', text: 'turn the lamp green' });
    expect(host.bridge.requests.some(({ url }) => url.endsWith('/text'))).toBe(false);
    const entry = {
      id: 'a',
      role: 'user',
      text: 'turn the lamp green',
      state: 'final',
      participant_id: 'par_1',
    } as const;
    connection().say({ type: 'transcript', entry, after: null });
    expect(client.getSnapshot().transcript).toEqual([
      { id: 'a', role: 'user', text: 'turn the lamp green', state: 'final', participantId: 'par_1' },
    ]);
    await client.disconnect();
  });

  it('is told when somebody takes it out, and does not come back by itself', async () => {
    const { client, connect, connection, host } = setUpClient(SHARED);
    await connect();
    connection().say({ type: 'closed', reason: 'kicked', code: 'participant_removed' });
    host.clock.advance(60_000);
    await settle();
    expect(client.getSnapshot().error?.code).toBe('participant_removed');
    expect(host.connections).toHaveLength(1);
  });
});
