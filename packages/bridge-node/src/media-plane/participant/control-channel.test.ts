import { type ServerControlMessage, silentLogger } from '@voice-bridge/core';
import { ManualClock } from '@voice-bridge/core/testing';
import type { MediaChannel } from '@voice-bridge/media-node';
import { describe, expect, it } from 'vitest';
import { ControlChannel, MAX_BUFFERED_BYTES, MAX_PROGRESS_BUFFERED_BYTES } from './control-channel.ts';

/** A channel whose other end reads nothing until it is told to. */
function start() {
  const sent: ServerControlMessage[] = [];
  let waiting = 0;
  let stalls = 0;
  const channel: MediaChannel = {
    label: 'voice-bridge.control',
    isReliable: true,
    open: true,
    get bufferedAmount() {
      return waiting;
    },
    send(message) {
      waiting += message.length;
      sent.push(JSON.parse(String(message)));
      return true;
    },
    receive() {},
    on: () => () => {},
    close() {},
  };
  const sinks = { onSign() {}, onMessage() {}, onFlood() {}, onStall: () => stalls++ };
  const clock = new ManualClock();
  const control = new ControlChannel(channel, sinks, clock, silentLogger);
  return { control, clock, sent, waiting: () => waiting, stalls: () => stalls, read: () => (waiting = 0) };
}

const tool = { call_id: 'c', name: 'n', arguments: '{}' };
const progress = (value: unknown): ServerControlMessage => {
  return { type: 'tool_call', tool_call: { ...tool, state: 'running', progress: value } };
};

describe('a client that does not read', () => {
  it('is spared the progress of tools, told everything else, and shown progress again when it reads', () => {
    const { control, sent, waiting, stalls, read } = start();
    for (let step = 0; step < 10_000; step++) control.send(progress('x'.repeat(1_000)));
    expect(waiting()).toBeLessThan(MAX_PROGRESS_BUFFERED_BYTES + 2_000);
    control.send({ type: 'tool_call', tool_call: { ...tool, state: 'running' } });
    const done: ServerControlMessage = { type: 'tool_call', tool_call: { ...tool, state: 'done', result: '4' } };
    control.send(done);
    expect([sent.at(-1), stalls()]).toEqual([done, 0]);
    read();
    control.send(progress('again'));
    expect(sent.at(-1)).toEqual(progress('again'));
  });

  it('is spared levels', () => {
    const { control, waiting, stalls } = start();
    for (let step = 0; step < 10_000; step++) control.send({ type: 'levels', levels: [], active: 'par_1' });
    expect(waiting()).toBeLessThan(MAX_PROGRESS_BUFFERED_BYTES + 1_000);
    expect(stalls()).toBe(0);
  });

  it('counts as gone when a megabyte waits for it', () => {
    const { control, waiting, stalls } = start();
    for (let line = 0; line < 40; line++) {
      control.send({ type: 'transcript_delta', id: 'a', delta: 'x'.repeat(50_000) });
    }
    expect(stalls()).toBeGreaterThan(0);
    expect(waiting()).toBeLessThan(MAX_BUFFERED_BYTES + 60_000);
  });
});

describe('a farewell', () => {
  const last: ServerControlMessage = { type: 'closed', reason: 'failed', code: 'rate_limited' };

  /** How long it is waited for somebody who reads after `readsAfterMs`. */
  async function waitedMs(readsAfterMs: number): Promise<number> {
    const { control, clock, sent, read } = start();
    control.send({ type: 'levels', levels: [], active: 'par_1' });
    let over = false;
    const leaving = control.farewell(last).then(() => {
      over = true;
    });
    while (!over && clock.now() < 10_000) {
      if (clock.now() >= readsAfterMs) read();
      await clock.advanceAsync(10);
    }
    await leaving;
    expect(sent.at(-1)).toEqual(last);
    return clock.now();
  }

  it('reaches a client whose network needs three round trips of 200 ms for what came before', async () => {
    const waited = await waitedMs(800);
    expect(waited).toBeGreaterThanOrEqual(800);
    expect(waited).toBeLessThan(900);
  });

  it('waits no longer for one that never reads', async () => {
    expect(await waitedMs(Number.POSITIVE_INFINITY)).toBeLessThan(1_600);
  });
});
