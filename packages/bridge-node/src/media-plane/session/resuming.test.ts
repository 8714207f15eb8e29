import { describe, expect, it } from 'vitest';
import { FakeClient, type FakeClientOptions, profileOf } from '../testing/fake-client.ts';
import { speechPacket } from '../testing/fake-model.ts';
import { SessionBench } from '../testing/session-bench.ts';
import { keepMute, MAX_KEPT_PLACES, noPlaces } from './kept-places.ts';

const ADA = { name: 'Ada', moderator: true } as const;

/** Comes by one more connection under an id that was in the session before. */
async function resume(bench: SessionBench, participantId: string, options: FakeClientOptions = {}, person?: string) {
  const client = new FakeClient(bench.network, bench.clock, options);
  const offer = await client.connection.createOffer();
  const whose = person === undefined ? {} : { person };
  bench.handle.send({ type: 'join', participantId, offer, ...profileOf(options), ...whose, resumes: true });
  await bench.settle();
  const { answer = '' } = bench.got('joinAnswered').findLast((event) => event.participantId === participantId) ?? {};
  const connect = async () => {
    await client.connection.acceptAnswer(answer);
    await bench.settle();
  };
  return { client, connect };
}

describe('a participant that comes back by another connection', () => {
  it('has its place at once: nobody sees it leave or join, and it is there once', async () => {
    const bench = await new SessionBench().open();
    const ada = await bench.join('ada', ADA);
    const bob = await bench.join('bob', { name: 'Bob' });
    const [seen, told] = [ada.messages.length, bench.events.length];
    const { client, connect } = await resume(bench, 'bob');
    await connect();
    expect(client.got('joined').at(0)).toMatchObject({
      participant_id: 'bob',
      participants: [{ participant_id: 'ada' }, { participant_id: 'bob', name: 'Bob' }],
    });
    expect(ada.messages.slice(seen).filter(({ type }) => type !== 'levels')).toEqual([]);
    expect(bench.events.slice(told)).toMatchObject([
      { type: 'joinAnswered', participantId: 'bob' },
      { type: 'participantResumed', participantId: 'bob', transport: 'webrtc' },
    ]);
    await bench.pass(1_000);
    expect(bob.got('closed')).toEqual([{ type: 'closed', reason: 'replaced', code: 'session_replaced' }]);
    expect(bob.connection.state.name).toBe('closed');
  });

  it('keeps role, gain, its own mute and a moderator’s, and is heard as before once they end', async () => {
    const bench = await new SessionBench().open();
    const ada = await bench.join('ada', ADA);
    const bob = await bench.join('bob', { role: 'listener' });
    ada.send({ type: 'set_participant', participant_id: 'bob', role: 'speaker', gain: 2, muted: true });
    bob.send({ type: 'set_participant', participant_id: 'bob', muted: true });
    await bench.settle();
    const before = ada.got('participants').at(-1);
    const { client, connect } = await resume(bench, 'bob', { role: 'listener' });
    await connect();
    expect(client.got('joined').at(0)?.participants).toEqual(before?.participants);
    client.send({ type: 'mute', muted: false });
    await bench.settle();
    expect(bench.got('participantChanged').at(-1)).toMatchObject({ muted: true });
    ada.send({ type: 'set_participant', participant_id: 'bob', muted: false });
    await bench.settle();
    expect(bench.got('participantChanged').at(-1)).toMatchObject({ muted: false, gain: 2, role: 'speaker' });
  });

  it('is heard by the model by its new connection alone', async () => {
    const bench = await new SessionBench().open();
    const bob = await bench.join('bob');
    bob.speak(1);
    await bench.settle();
    const { client, connect } = await resume(bench, 'bob');
    await connect();
    const heard = bench.model.audio.length;
    bob.speak(2);
    client.speak(7);
    client.speak(8);
    await bench.settle();
    expect(bench.model.audio.slice(heard).map(({ payload }) => payload)).toEqual([speechPacket(7), speechPacket(8)]);
  });

  it('after it was taken for lost joins again as the one it was', async () => {
    const bench = await new SessionBench().open();
    const ada = await bench.join('ada', ADA);
    const bob = await bench.join('bob', { name: 'Bob' });
    ada.send({ type: 'set_participant', participant_id: 'bob', gain: 3 });
    await bench.settle();
    bob.send({ type: 'leave' });
    await bench.settle();
    const { connect } = await resume(bench, 'bob');
    await connect();
    expect(ada.got('participants').at(-1)?.participants).toMatchObject([{}, { name: 'Bob', gain: 3 }]);
    expect(bench.got('participantJoined').at(-1)).toMatchObject({ participantId: 'bob', name: 'Bob' });
  });

  it('and does not get through after all leaves, told once', async () => {
    const bench = await new SessionBench().open();
    await bench.join('ada', ADA);
    await bench.join('bob');
    await resume(bench, 'bob');
    await bench.pass(16_000);
    expect(bench.got('participantLeft')).toMatchObject([{ participantId: 'bob', reason: 'connect_timeout' }]);
    expect(bench.got('joinEnded')).toEqual([]);
  });

  it('begins anew when somebody took it out', async () => {
    const bench = await new SessionBench().open();
    const ada = await bench.join('ada', ADA);
    await bench.join('bob');
    ada.send({ type: 'set_participant', participant_id: 'bob', gain: 3 });
    ada.send({ type: 'remove_participant', participant_id: 'bob' });
    await bench.settle();
    const { connect } = await resume(bench, 'bob');
    await connect();
    expect(ada.got('participants').at(-1)?.participants).toMatchObject([{}, { gain: 1 }]);
  });
});

describe('a person whom a moderator muted', () => {
  it('is muted also when they come as somebody else, until a moderator ends it', async () => {
    const bench = await new SessionBench().open();
    const ada = await bench.join('ada', ADA);
    const join = async (id: string) => (await resume(bench, id, {}, 'bob@example')).connect();
    await join('bob');
    ada.send({ type: 'set_participant', participant_id: 'bob', muted: true });
    await bench.settle();
    bench.handle.send({ type: 'removeParticipant', participantId: 'bob' });
    await join('bob-again');
    expect(bench.got('participantChanged').at(-1)).toMatchObject({ participantId: 'bob-again', muted: true });
    ada.send({ type: 'set_participant', participant_id: 'bob-again', muted: false });
    await bench.settle();
    await join('bob-3');
    expect(ada.got('participants').at(-1)?.participants.at(-1)).toMatchObject({
      participant_id: 'bob-3',
      muted: false,
    });
  });

  it('is one of at most 256 that are remembered', () => {
    let places = noPlaces;
    for (let number = 0; number < 300; number++) places = keepMute(places, `p${number}`, true);
    expect([places.muted.size, places.muted.has('p299'), places.muted.has('p0')]).toEqual([
      MAX_KEPT_PLACES,
      true,
      false,
    ]);
  });
});

describe('somebody who was answered and never came', () => {
  it('is told to nobody: they were not there', async () => {
    const bench = await new SessionBench().open();
    await bench.join('ada', ADA);
    const client = new FakeClient(bench.network, bench.clock);
    const offer = await client.connection.createOffer();
    bench.handle.send({ type: 'join', participantId: 'bob', offer, ...profileOf() });
    await bench.pass(16_000);
    expect(bench.got('participantLeft')).toEqual([]);
    expect(bench.got('joinEnded')).toEqual([{ type: 'joinEnded', participantId: 'bob' }]);
  });
});

describe('somebody who may not stay any more', () => {
  it('is told why, and has its place again when that is settled', async () => {
    const bench = await new SessionBench().open();
    const ada = await bench.join('ada', ADA);
    const bob = await bench.join('bob');
    ada.send({ type: 'set_participant', participant_id: 'bob', gain: 3 });
    await bench.settle();
    bench.handle.send({ type: 'removeParticipant', participantId: 'bob', code: 'unauthorized' });
    await bench.pass(1_000);
    expect(bob.got('closed')).toEqual([{ type: 'closed', reason: 'revoked', code: 'unauthorized' }]);
    expect(bench.got('participantLeft')).toEqual([
      { type: 'participantLeft', participantId: 'bob', reason: 'revoked' },
    ]);
    await (await resume(bench, 'bob')).connect();
    expect(ada.got('participants').at(-1)?.participants).toMatchObject([{}, { gain: 3 }]);
  });

  it('ends the session with them when nobody else is there', async () => {
    const bench = await new SessionBench().open();
    await bench.join('ada', ADA);
    bench.handle.send({ type: 'removeParticipant', participantId: 'ada', code: 'forbidden' });
    await bench.pass(1_000);
    expect(bench.got('closed')).toEqual([{ type: 'closed', reason: 'left' }]);
  });
});
