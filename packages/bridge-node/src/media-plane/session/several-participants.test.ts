import { describe, expect, it } from 'vitest';
import { FakeClient, profileOf } from '../testing/fake-client.ts';
import { speechPacket } from '../testing/fake-model.ts';
import { SessionBench } from '../testing/session-bench.ts';

const ADA = { name: 'Ada', moderator: true } as const;

describe('who is in a session', () => {
  it('is told to everybody at every change [S-1.11] [S-1.38]', async () => {
    const bench = await new SessionBench().open();
    const ada = await bench.join('ada', ADA);
    const bob = await bench.join('bob', { name: 'Bob', role: 'listener' });
    const adaSeen = { participant_id: 'ada', name: 'Ada', role: 'speaker', transport: 'webrtc', muted: false, gain: 1 };
    const bobSeen = { ...adaSeen, participant_id: 'bob', name: 'Bob', role: 'listener' };
    expect(bob.got('joined').at(0)?.participants).toEqual([adaSeen, bobSeen]);
    expect(ada.got('participants').map(({ participants }) => participants)).toEqual([[adaSeen, bobSeen]]);

    bob.send({ type: 'mute', muted: true });
    ada.send({ type: 'set_participant', participant_id: 'bob', gain: 2, role: 'speaker' });
    await bench.settle();
    const changed = { ...bobSeen, muted: true, gain: 2, role: 'speaker' };
    for (const client of [ada, bob]) {
      expect(client.got('participants').at(-1)?.participants).toEqual([adaSeen, changed]);
    }
    expect(bench.got('participantChanged')).toEqual([
      { type: 'participantChanged', participantId: 'bob', muted: true, gain: 1, role: 'listener' },
      { type: 'participantChanged', participantId: 'bob', muted: true, gain: 2, role: 'speaker' },
    ]);

    bob.send({ type: 'leave' });
    await bench.settle();
    expect(ada.got('participants').at(-1)?.participants).toEqual([adaSeen]);
  });

  it('and what goes on is told to who comes late', async () => {
    const history = [{ id: 'ses_0/a', role: 'user', text: 'I am Ada.', state: 'final' }] as const;
    const bench = await new SessionBench().open({ history });
    const ada = await bench.join('ada', ADA);
    ada.send({ type: 'mute', muted: true });
    bench.model.say(...typedAndCalled('u1', 'roll the dice', 'call_1'));
    await bench.settle();
    const late = await bench.join('late');
    expect(late.messages).toMatchObject([
      {
        type: 'joined',
        participant_id: 'late',
        history,
        transcript: [{ id: 'u1', text: 'roll the dice' }],
        participants: [
          { participant_id: 'ada', muted: true },
          { participant_id: 'late', muted: false },
        ],
      },
      { type: 'tool_call', tool_call: { call_id: 'call_1', state: 'running' } },
    ]);
  });

  it('is one fewer when somebody is taken out: told to them and to the others', async () => {
    const bench = await new SessionBench().open();
    const ada = await bench.join('ada', ADA);
    const bob = await bench.join('bob');
    bob.send({ type: 'remove_participant', participant_id: 'ada' });
    await bench.settle();
    expect(bob.got('error')).toEqual([
      { type: 'error', code: 'forbidden', message: 'Only who moderates may change others' },
    ]);
    ada.send({ type: 'remove_participant', participant_id: 'bob' });
    await bench.pass(1_000);
    expect(bob.got('closed')).toEqual([{ type: 'closed', reason: 'kicked', code: 'participant_removed' }]);
    expect(bob.connection.state.name).toBe('closed');
    expect(ada.got('participants').at(-1)?.participants).toMatchObject([{ participant_id: 'ada' }]);
    expect(bench.got('participantLeft')).toEqual([{ type: 'participantLeft', participantId: 'bob', reason: 'kicked' }]);
    expect(bench.got('closing')).toEqual([]);
  });

  it('is told why when the session gives way to a newer one', async () => {
    const bench = await new SessionBench().open();
    const clients = [await bench.join('ada', ADA), await bench.join('bob'), await bench.join('eve')];
    bench.handle.send({ type: 'close', reason: 'replaced' });
    await bench.pass(1_000);
    for (const client of clients) {
      expect(client.messages.at(-1)).toEqual({ type: 'closed', reason: 'replaced', code: 'session_replaced' });
    }
  });

  it('goes on undisturbed when the connection of one dies', async () => {
    const bench = await new SessionBench().open();
    const ada = await bench.join('ada');
    const bob = await bench.join('bob');
    bench.model.speak(1);
    bob.connection.lose();
    bench.model.speak(2);
    ada.send({ type: 'text', text: 'still here' });
    await bench.settle();
    expect(ada.audio.map(({ payload }) => payload)).toEqual([speechPacket(1), speechPacket(2)]);
    expect(ada.got('participants').at(-1)?.participants).toMatchObject([{ participant_id: 'ada' }]);
    expect(bench.model.got('conversation.item.create').at(-1)).toMatchObject({
      item: { content: [{ text: 'still here' }] },
    });
    expect(bench.got('participantLeft')).toMatchObject([{ participantId: 'bob' }]);
    expect(bench.got('closing')).toEqual([]);
  });
});

describe('roles', () => {
  it('decide whose voice reaches the model, from one packet to the next', async () => {
    const bench = await new SessionBench().open();
    const client = await bench.join('bob', { role: 'listener' });
    client.speak(1);
    await bench.settle();
    bench.handle.send({ type: 'setParticipant', participantId: 'bob', role: 'speaker' });
    client.speak(2);
    await bench.settle();
    bench.handle.send({ type: 'setParticipant', participantId: 'bob', role: 'observer' });
    client.speak(3);
    await bench.settle();
    expect(bench.model.audio.map(({ payload }) => payload)).toEqual([speechPacket(2)]);
  });

  it('decide who hears the assistant', async () => {
    const bench = await new SessionBench().open();
    const ada = await bench.join('ada');
    const observer = await bench.join('observer', { role: 'observer' });
    bench.model.speak(1);
    await bench.settle();
    bench.handle.send({ type: 'setParticipant', participantId: 'observer', role: 'listener' });
    bench.model.speak(2);
    await bench.settle();
    expect(ada.audio.map(({ payload }) => payload)).toEqual([speechPacket(1), speechPacket(2)]);
    expect(observer.audio.map(({ payload }) => payload)).toEqual([speechPacket(2)]);
  });
});

describe('whose line it is', () => {
  it('is told of what was typed', async () => {
    const bench = await new SessionBench().open();
    await bench.join('ada');
    const bob = await bench.join('bob');
    bob.send({ type: 'text', text: 'hello' });
    await bench.settle();
    const item = bench.model.got('conversation.item.create').at(-1)?.item;
    bench.model.say(...typed(item?.id ?? '', 'hello'));
    await bench.settle();
    expect(bench.got('transcript').at(-1)?.entry).toMatchObject({ text: 'hello', participant_id: 'bob' });
    expect(bob.got('transcript').at(-1)?.entry).toMatchObject({ text: 'hello', participant_id: 'bob' });
  });

  it('is told of what was said where only one could have said it', async () => {
    const bench = await new SessionBench().open();
    await bench.join('ada');
    const bob = await bench.join('bob');
    bench.model.say(...spoken('u1', 'who is it'));
    bob.send({ type: 'mute', muted: true });
    await bench.settle();
    bench.model.say(...spoken('u2', 'it is me'));
    await bench.settle();
    const entries = bob.got('transcript').map(({ entry }) => [entry.text, entry.participant_id]);
    expect(entries).toEqual([
      ['who is it', undefined],
      ['it is me', 'ada'],
    ]);
  });
});

describe('a session that is opened before anybody joins', () => {
  const open = (joinTimeoutMs = 60_000) => new SessionBench().open({ joinTimeoutMs });

  it('waits for its first participant, then ends', async () => {
    const bench = await open();
    await bench.pass(59_999);
    expect(bench.got('closing')).toEqual([]);
    await bench.pass(1);
    expect(bench.got('closing')).toMatchObject([{ reason: 'connection_lost', code: 'connect_timeout' }]);
  });

  it('outlives a join that fails, however it fails', async () => {
    const bench = await open();
    bench.handle.send({ type: 'join', participantId: 'junk', offer: 'junk', ...profileOf() });
    const silent = new FakeClient(bench.network, bench.clock);
    const offer = await silent.connection.createOffer();
    bench.handle.send({ type: 'join', participantId: 'silent', offer, ...profileOf() });
    await bench.pass(20_000);
    expect(bench.got('joinRefused')).toMatchObject([{ participantId: 'junk', code: 'invalid_offer' }]);
    expect(bench.got('joinEnded')).toEqual([{ type: 'joinEnded', participantId: 'silent' }]);
    expect(bench.got('closing')).toEqual([]);
    expect((await bench.join('ada')).got('joined')).toHaveLength(1);
  });

  it('ends with its last participant, also long before its time to wait is over', async () => {
    const bench = await open();
    const ada = await bench.join('ada');
    await bench.pass(1_000);
    ada.send({ type: 'leave' });
    await bench.settle();
    expect(bench.got('closing')).toMatchObject([{ reason: 'left' }]);
  });

  it('waits no longer for one who was connecting when its time was over', async () => {
    const bench = await open(10_000);
    await bench.pass(9_000);
    const silent = new FakeClient(bench.network, bench.clock);
    const offer = await silent.connection.createOffer();
    bench.handle.send({ type: 'join', participantId: 'silent', offer, ...profileOf() });
    await bench.pass(14_000);
    expect(bench.got('closing')).toEqual([]);
    await bench.pass(1_000);
    expect(bench.got('closing')).toMatchObject([{ reason: 'connection_lost', code: 'connect_timeout' }]);
  });
});

function typed(id: string, text: string) {
  const content = [{ type: 'input_text' as const, text }];
  const item = { id, type: 'message' as const, role: 'user' as const, status: 'completed' as const, content };
  return [{ type: 'conversation.item.added' as const, item, previous_item_id: null }];
}

function spoken(id: string, transcript: string) {
  return [
    { type: 'input_audio_buffer.speech_started' as const, item_id: id, audio_start_ms: 0 },
    { type: 'input_audio_buffer.speech_stopped' as const, item_id: id, audio_end_ms: 500 },
    {
      type: 'conversation.item.input_audio_transcription.completed' as const,
      item_id: id,
      content_index: 0,
      transcript,
    },
  ];
}

function typedAndCalled(id: string, text: string, callId: string) {
  const call = {
    id: 'fc1',
    type: 'function_call' as const,
    status: 'completed' as const,
    call_id: callId,
    name: 'roll_dice',
    arguments: '{}',
  };
  return [
    ...typed(id, text),
    { type: 'response.created' as const, response: { id: 'r1', status: 'in_progress' as const, output: [] } },
    { type: 'response.output_item.done' as const, response_id: 'r1', output_index: 0, item: call },
  ];
}
