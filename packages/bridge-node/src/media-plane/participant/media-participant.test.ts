import { HEARTBEAT_MS } from '@voice-bridge/core';
import { describe, expect, it } from 'vitest';
import { SessionBench } from '../testing/session-bench.ts';
import { MESSAGE_BURST, MESSAGES_PER_SECOND } from './control-channel.ts';

describe('the heartbeat of a participant', () => {
  it('pings every 2 s and keeps whoever answers', async () => {
    const bench = await new SessionBench().open();
    const client = await bench.join();
    await bench.pass(60_000);
    expect(client.pings).toBe(31);
    expect(bench.got('participantLeft')).toEqual([]);
  });

  it('removes a client that misses three pings, after 6 s [S-0.11]', async () => {
    const bench = await new SessionBench().open();
    const client = await bench.join('p1', { pongs: false });
    await bench.pass(3 * HEARTBEAT_MS - 1);
    expect(bench.got('participantLeft')).toEqual([]);
    await bench.pass(1);
    expect(client.pings).toBe(3);
    expect(bench.got('participantLeft')).toEqual([
      { type: 'participantLeft', participantId: 'p1', reason: 'connection_lost' },
    ]);
  });

  it('is patient after the process itself stood still: the answers wait behind the timer', async () => {
    const bench = await new SessionBench().open();
    await bench.join('p1');
    await bench.pass(HEARTBEAT_MS - 1);
    bench.stall(10 * HEARTBEAT_MS);
    await bench.pass(10 * HEARTBEAT_MS);
    expect(bench.got('participantLeft')).toEqual([]);
  });

  it('takes audio for a sign of life', async () => {
    const bench = await new SessionBench().open();
    const client = await bench.join('p1', { pongs: false });
    for (let second = 0; second < 20; second++) {
      client.speak(second);
      await bench.pass(1_000);
    }
    expect(bench.got('participantLeft')).toEqual([]);
    await bench.pass(3 * HEARTBEAT_MS);
    expect(bench.got('participantLeft')).toHaveLength(1);
  });

  it('needs no control channel: audio alone keeps a participant, and its end is noticed', async () => {
    const bench = await new SessionBench().open();
    const client = await bench.join('p1', { channels: [] });
    await bench.pass(20_000);
    expect(bench.got('participantJoined')).toHaveLength(1);
    client.speak(1);
    await bench.pass(4 * HEARTBEAT_MS);
    expect(bench.got('participantLeft')).toMatchObject([{ reason: 'connection_lost' }]);
  });
});

describe('what a participant may say', () => {
  it('gets an error for everything outside the protocol, and stays [S-1.24] [S-1.32]', async () => {
    const bench = await new SessionBench().open();
    const client = await bench.join();
    const bad = [
      '',
      'no json',
      '{}',
      '{"type":"response.create"}',
      '{"type":"text","text":""}',
      '{"type":"leave","x":1}',
    ];
    for (const text of bad) client.sendRaw(text);
    client.sendRaw(Uint8Array.of(1, 2, 3));
    client.send({ type: 'text', text: 'still here' });
    await bench.settle();
    expect(client.got('error').map(({ code }) => code)).toEqual(Array(7).fill('invalid_message'));
    expect(bench.model.got('conversation.item.create')).toHaveLength(1);
    expect(bench.got('participantLeft')).toEqual([]);
  });

  it.each([
    [{ textLength: 5 }, 'text_too_long'],
    [{ textLength: 0 }, 'forbidden'],
  ])('is no text beyond what it was let in with: %o', async (options, code) => {
    const bench = await new SessionBench().open();
    const client = await bench.join('p1', options);
    client.send({ type: 'text', text: 'longer' });
    client.send({ type: 'text', text: 'x'.repeat(options.textLength || 1) });
    await bench.settle();
    expect(client.got('error').map((error) => error.code)).toContain(code);
    expect(bench.model.got('conversation.item.create')).toHaveLength(options.textLength === 0 ? 0 : 1);
    expect(bench.got('participantLeft')).toEqual([]);
  });

  it('is removed when it keeps talking faster than 20 messages a second', async () => {
    const bench = await new SessionBench().open();
    const client = await bench.join();
    for (let index = 0; index <= MESSAGE_BURST + 5; index++) client.sendRaw('junk');
    await bench.settle();
    expect(bench.got('participantLeft')).toMatchObject([{ reason: 'rate_limited' }]);
    // One of the burst was the answer to the first ping.
    expect(client.got('error')).toHaveLength(MESSAGE_BURST - 1);
    expect(client.messages.at(-1)).toEqual({ type: 'closed', reason: 'failed', code: 'rate_limited' });
  });

  it('may say 20 messages a second for as long as it likes', async () => {
    const bench = await new SessionBench().open();
    const client = await bench.join();
    for (let index = 0; index < 30 * MESSAGES_PER_SECOND; index++) {
      client.send({ type: 'mute', muted: index % 2 === 0 });
      await bench.pass(1_000 / MESSAGES_PER_SECOND);
    }
    expect(bench.got('participantLeft')).toEqual([]);
  });

  it('has one control channel: others are closed', async () => {
    const bench = await new SessionBench().open();
    const client = await bench.join('p1', { channels: ['voice-bridge.control', 'voice-bridge.control', 'chat'] });
    expect(client.got('joined')).toHaveLength(1);
    await bench.pass(10_000);
    expect(bench.got('participantLeft')).toEqual([]);
  });
});

describe('a participant leaves', () => {
  it('by message, and is told that it is over', async () => {
    const bench = await new SessionBench().open();
    await bench.join('p1');
    const client = await bench.join('p2');
    client.send({ type: 'leave' });
    await bench.settle();
    expect(client.messages.at(-1)).toEqual({ type: 'closed', reason: 'left' });
    expect(client.connection.state.name).toBe('closed');
    expect(bench.got('participantLeft')).toEqual([{ type: 'participantLeft', participantId: 'p2', reason: 'left' }]);
  });

  it('by command of the bridge', async () => {
    const bench = await new SessionBench().open();
    const client = await bench.join('p1');
    await bench.join('p2');
    bench.handle.send({ type: 'removeParticipant', participantId: 'p1' });
    bench.handle.send({ type: 'removeParticipant', participantId: 'nobody' });
    await bench.settle();
    expect(client.messages.at(-1)).toEqual({ type: 'closed', reason: 'kicked', code: 'participant_removed' });
    expect(bench.got('participantLeft')).toEqual([{ type: 'participantLeft', participantId: 'p1', reason: 'kicked' }]);
    expect(bench.got('closed')).toEqual([]);
  });

  it('when its connection breaks', async () => {
    const bench = await new SessionBench().open();
    const client = await bench.join('p1', { channels: [] });
    client.connection.lose();
    await bench.settle();
    expect(bench.got('participantLeft')).toMatchObject([{ reason: 'connection_lost' }]);
    expect(bench.got('closed')).toMatchObject([{ reason: 'connection_lost', code: 'connection_lost' }]);
  });
});
