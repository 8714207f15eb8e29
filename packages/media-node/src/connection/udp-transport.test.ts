import { createSocket, Socket } from 'node:dgram';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { sameHost, UdpTransport } from './udp-transport.ts';

const open: UdpTransport[] = [];
afterEach(() => Promise.all(open.splice(0).map((transport) => transport.close())));

async function bind(...args: Parameters<typeof UdpTransport.bind>): Promise<UdpTransport> {
  const transport = await UdpTransport.bind(...args);
  open.push(transport);
  return transport;
}

function received(transport: UdpTransport): Promise<readonly [text: string, host: string, port: number]> {
  return new Promise((resolve) => {
    transport.onDatagram = (datagram, host, port) => resolve([datagram.toString(), host, port]);
  });
}

describe('UdpTransport', () => {
  it('carries datagrams and says from where they come', async () => {
    const [one, other] = [await bind(4), await bind(4)];
    const heard = received(other);
    await one.send(Buffer.from('hello'), ['127.0.0.1', other.port]);
    expect(await heard).toEqual(['hello', '127.0.0.1', one.port]);
  });

  it('calls back when a buffer may be used again, also when nothing can be sent', async () => {
    const one = await bind(4);
    const sent = (port: number, host: string) =>
      new Promise<void>((resolve) => one.sendTo(Buffer.alloc(1), port, host, resolve));
    await sent(one.port, '127.0.0.1');
    await sent(0, '127.0.0.1');
    await sent(70_000, '127.0.0.1');
    await sent(9, 'name.example');
    await sent(9, '::1');
    await sent(9, '255.255.255.255');
    await one.close();
    await sent(9, '127.0.0.1');
  });

  it('keeps the buffer of a datagram that had to wait until it has gone', async () => {
    const one = await bind(4);
    const waiting = vi.spyOn(Socket.prototype, 'getSendQueueCount');
    const sent: string[] = [];
    const send = (name: string) => one.sendTo(Buffer.from(name), one.port, '127.0.0.1', () => sent.push(name));
    waiting.mockReturnValue(1);
    send('first');
    send('second');
    expect(sent).toEqual([]);
    await vi.waitUntil(() => sent.length > 0);
    expect(sent).toEqual(['second']);
    waiting.mockRestore();
    send('third');
    expect(sent).toEqual(['second', 'first', 'third']);
  });

  it('takes every port of its range once, and tells when there is none', async () => {
    const range = [21_320, 21_322] as const;
    const ports = [await bind(4, range), await bind(4, range), await bind(4, range)].map(({ port }) => port);
    expect(ports.toSorted()).toEqual([21_320, 21_321, 21_322]);
    await expect(UdpTransport.bind(4, range)).rejects.toMatchObject({
      code: 'ice_failed',
      message: 'Every UDP port from 21320 to 21322 is in use',
    });
  });

  it('passes over a port that is taken, also when it is asked for at the same time', async () => {
    const range = [21_330, 21_331] as const;
    const taken = createSocket('udp4');
    await new Promise<void>((resolve) => taken.bind(range[0], resolve));
    const results = await Promise.allSettled([bind(4, range), bind(4, range)]);
    expect(results.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    await new Promise<void>((resolve) => taken.close(() => resolve()));
  });

  it('hears nothing any more once it is closed, and closes once', async () => {
    const [one, other] = [await bind(4), await bind(4)];
    const heard: string[] = [];
    other.onDatagram = (datagram) => heard.push(datagram.toString());
    await one.send(Buffer.from('late'), ['127.0.0.1', other.port]);
    await Promise.all([other.close(), other.close()]);
    expect(heard).toEqual([]);
  });
});

describe('sameHost', () => {
  it('knows an IPv6 address however it is written, and nothing else', () => {
    expect(sameHost('2001:DB8::1', '2001:db8:0:0::1')).toBe(true);
    expect(sameHost('2001:db8::1', '2001:db8::2')).toBe(false);
    expect(sameHost('192.0.2.1', '192.0.2.1')).toBe(true);
    expect(sameHost('192.0.2.1', '::1')).toBe(false);
  });
});
