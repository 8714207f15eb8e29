import { CONTROL_CHANNEL_LABEL } from '@voice-bridge/core';
import { describe, expect, it } from 'vitest';
import { FakeClient, profileOf } from '../testing/fake-client.ts';
import { SessionBench } from '../testing/session-bench.ts';

describe('a participant whom the bridge makes an offer', () => {
  it('joins by its answer, with a control channel [S-3.10]', async () => {
    const { bench, offer } = await offered();
    const client = new FakeClient(bench.network, bench.clock, { channels: [CONTROL_CHANNEL_LABEL] });
    const answer = await client.connection.answerOffer(offer);
    expect(bench.got('participantJoined')).toEqual([]);
    bench.handle.send({ type: 'answerJoin', participantId: 'ada', answer });
    await bench.settle();
    expect(bench.got('participantJoined')).toMatchObject([{ participantId: 'ada', transport: 'webrtc' }]);
    expect(client.messages[0]).toMatchObject({ type: 'joined', participant_id: 'ada' });
    // Only the first answer counts.
    bench.handle.send({ type: 'answerJoin', participantId: 'ada', answer: 'junk' });
    await bench.settle();
    expect(bench.got('participantLeft')).toEqual([]);
  });

  it('is dropped for an answer that is none', async () => {
    const { bench } = await offered();
    bench.handle.send({ type: 'answerJoin', participantId: 'ada', answer: 'junk' });
    await bench.settle();
    expect(bench.got('joinEnded')).toEqual([{ type: 'joinEnded', participantId: 'ada' }]);
  });

  it('is dropped when it does not answer in time', async () => {
    const { bench } = await offered();
    await bench.pass(15_000);
    expect(bench.got('joinEnded')).toEqual([{ type: 'joinEnded', participantId: 'ada' }]);
  });
});

async function offered() {
  const bench = await new SessionBench().open();
  bench.handle.send({ type: 'join', participantId: 'ada', offer: null, ...profileOf() });
  await bench.settle();
  const [answered] = bench.got('joinAnswered');
  return { bench, offer: answered?.answer ?? '' };
}
