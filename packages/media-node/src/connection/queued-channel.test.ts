import { describe, expect, it } from 'vitest';
import { MAX_CHANNEL_MESSAGE_BYTES } from './media-connection.ts';
import { MAX_WAITING_MESSAGES, QueuedChannel } from './queued-channel.ts';

function channel() {
  const sent: (string | Uint8Array)[] = [];
  const events: string[] = [];
  const queued = new QueuedChannel({
    label: 'control',
    isReliable: true,
    bufferedAmount: () => 5,
    send: (message) => {
      if (message === 'refused') throw new Error('not now');
      sent.push(message);
    },
    close: () => events.push('raw close'),
  });
  queued.on('open', () => events.push('open'));
  queued.on('close', () => events.push('close'));
  return { queued, sent, events };
}

describe('QueuedChannel', () => {
  it('keeps messages until it opens, in order and as they were', () => {
    const { queued, sent, events } = channel();
    const bytes = Uint8Array.of(1, 2);
    expect([queued.send('one'), queued.send(bytes), queued.open, queued.bufferedAmount]).toEqual([
      true,
      true,
      false,
      5,
    ]);
    bytes.fill(9);
    queued.rawOpened();
    queued.send('three');
    expect(sent).toEqual(['one', Uint8Array.of(1, 2), 'three']);
    expect([queued.open, queued.bufferedAmount]).toEqual([true, 5]);
    expect(events).toEqual(['open']);
  });

  it('drops messages over the limit, by bytes and not by characters, both ways', () => {
    const { queued, sent } = channel();
    const got: unknown[] = [];
    queued.receive((message) => got.push(message));
    queued.rawOpened();
    const most = 'x'.repeat(MAX_CHANNEL_MESSAGE_BYTES);
    for (const message of [most, `${most}x`, 'ü'.repeat(MAX_CHANNEL_MESSAGE_BYTES / 2 + 1)]) {
      queued.send(message);
      queued.rawReceived(message);
    }
    expect([sent, got]).toEqual([[most], [most]]);
  });

  it('keeps a bounded number of messages for a taker that comes late', () => {
    const { queued } = channel();
    const got: unknown[] = [];
    for (let n = 0; n < MAX_WAITING_MESSAGES + 5; n++) queued.rawReceived(`${n}`);
    queued.receive((message) => got.push(message));
    queued.rawReceived('after');
    expect(got).toHaveLength(MAX_WAITING_MESSAGES + 1);
    expect([got[0], got.at(-1)]).toEqual(['0', 'after']);
  });

  it('keeps nothing of what comes on after it was closed, for the other side need not agree to the close', () => {
    const { queued } = channel();
    const got: unknown[] = [];
    queued.rawOpened();
    queued.rawReceived('before');
    queued.close();
    queued.rawReceived('after');
    queued.receive((message) => got.push(message));
    queued.rawReceived('later');
    expect(got).toEqual([]);
  });

  it('hands over what came before the other side closed', () => {
    const { queued } = channel();
    const got: unknown[] = [];
    queued.rawReceived('before');
    queued.rawClosed();
    queued.receive((message) => got.push(message));
    expect(got).toEqual(['before']);
  });

  it('survives a taker that throws and a library that refuses', () => {
    const { queued, sent } = channel();
    queued.rawOpened();
    queued.receive(() => {
      throw new Error('from the taker');
    });
    queued.rawReceived('hello');
    expect([queued.send('refused'), queued.send('fine')]).toEqual([false, true]);
    expect(sent).toEqual(['fine']);
  });

  it('closes once, whoever closes it', () => {
    const { queued, sent, events } = channel();
    queued.send('never sent');
    queued.close();
    queued.close();
    queued.rawClosed();
    queued.rawOpened();
    expect([queued.send('late'), queued.open, queued.bufferedAmount]).toEqual([false, false, 0]);
    expect(events).toEqual(['raw close', 'close']);
    expect(sent).toEqual([]);
  });
});
