import { ManualClock } from '@voice-bridge/core/testing';
import { describe, expect, it } from 'vitest';
import { BridgeHttp } from '../../bridge/bridge-http.ts';
import { settle } from '../../testing/client-fixture.ts';
import { FakeSignaling } from '../../testing/fake-signaling.ts';
import { FakeSignalingHost } from '../../testing/fake-signaling-host.ts';
import { SignalingLine } from './signaling-line.ts';

describe('SignalingLine', () => {
  it('offers the token as a subprotocol, and hears who is there', async () => {
    const { desktop, phone, signaling } = setUp();
    const first = phone();
    first.line.open();
    await settle();
    const second = desktop({ auth: () => 'secret' });
    second.line.open();
    await settle();
    expect(signaling.dialled).toEqual([
      { peerId: 'mobile', token: null },
      { peerId: 'desktop', token: 'secret' },
    ]);
    expect(second.told).toEqual(['open', 'mobile joined']);
    second.line.send({ type: 'offer', sdp: 'v=0', connection_id: 'k' });
    await settle();
    expect(first.told).toEqual(['open', 'desktop joined', 'offer k']);
  });

  it('[S-0.47] comes back for as long as it takes, with a fresh token each time', async () => {
    let token = 0;
    const { desktop, signaling, clock } = setUp();
    const { line, told } = desktop({ auth: () => `t${++token}` });
    line.open();
    await settle();
    signaling.reachable = false;
    signaling.drop('desktop');
    for (let attempt = 0; attempt < 30; attempt++) {
      clock.advance(8_000);
      await settle();
    }
    expect(line.isOpen).toBe(false);
    signaling.reachable = true;
    clock.advance(8_000);
    await settle();
    expect(line.isOpen).toBe(true);
    expect(told.at(-1)).toBe('open');
    expect(signaling.dialled.at(-1)?.token).toBe(`t${token}`);
    expect(token).toBeGreaterThan(20);
  });

  it('dials at once when the network came back, or when asked to', async () => {
    const { desktop, signaling, host } = setUp();
    const { line } = desktop();
    line.open();
    await settle();
    host.bringNetworkBack();
    await settle();
    line.redial();
    await settle();
    expect(line.isOpen).toBe(true);
    expect(signaling.dialled).toHaveLength(3);
    expect(signaling.peers).toEqual(['desktop']);
  });

  it('is over when another page takes the place, and says so once', async () => {
    const { desktop, clock, signaling } = setUp();
    const first = desktop();
    const second = desktop();
    first.line.open();
    await settle();
    second.line.open();
    await settle();
    clock.advance(60_000);
    await settle();
    expect(first.told).toEqual(['open', 'ended session_replaced']);
    expect(signaling.peers).toEqual(['desktop']);
    expect(second.line.isOpen).toBe(true);
  });

  it('is over for who was removed', async () => {
    const { phone, signaling } = setUp();
    const { line, told } = phone();
    line.open();
    await settle();
    signaling.tell('mobile', { type: 'peer', peer_id: 'mobile', state: 'removed' });
    expect(told.at(-1)).toBe('ended participant_removed');
  });

  it.each([
    [4401, 'unauthorized'],
    [4403, 'forbidden'],
    [4404, 'not_found'],
  ])('is over when the bridge closes with %i: %s', async (code, error) => {
    const { desktop, signaling } = setUp();
    const { line, told } = desktop();
    line.open();
    await settle();
    signaling.drop('desktop', code);
    expect(told.at(-1)).toBe(`ended ${error}`);
  });

  it('asks for another token when the one it had has run out', async () => {
    const { desktop, signaling, clock } = setUp();
    const { line, told } = desktop();
    line.open();
    await settle();
    clock.advance(60_000);
    signaling.drop('desktop', 4401);
    clock.advance(500);
    await settle();
    expect(told).toEqual(['open', 'lost unauthorized', 'open']);
    signaling.drop('desktop', 4401);
    expect(told.at(-1)).toBe('ended unauthorized');
  });

  it('ends when the first dial fails on both ways', async () => {
    const { desktop, signaling } = setUp();
    signaling.reachable = false;
    const { line, told } = desktop();
    line.open();
    await settle();
    expect(told).toEqual(['ended bridge_unreachable']);
  });

  it('tries without a WebSocket when one does not come up', async () => {
    const { desktop, signaling, clock } = setUp();
    signaling.reachable = null;
    const { line, told } = desktop();
    line.open();
    await settle();
    clock.advance(3_999);
    await settle();
    expect(told).toEqual([]);
    clock.advance(1);
    await settle();
    expect(told).toEqual(['ended bridge_unreachable']);
  });

  it('leaves nothing behind when it is closed, and says nothing more', async () => {
    const { desktop, host, signaling } = setUp();
    const { line, told } = desktop();
    line.open();
    await settle();
    line.close();
    signaling.drop('desktop');
    await settle();
    expect(told).toEqual(['open']);
    expect(host.leftovers()).toEqual([]);
  });
});

describe('SignalingLine without WebSockets', () => {
  it('hears by server-sent events and says each message in a POST, in order', async () => {
    const requests: string[] = [];
    let events: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>> | undefined;
    const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
      start(controller) {
        events = controller;
      },
    });
    const { desktop, signaling, clock } = setUp(async (url, init) => {
      const { method = 'GET', headers } = init;
      const authorization = new Headers(headers).get('authorization');
      requests.push(`${method} ${url} ${authorization} ${init.body ?? ''}`);
      return {
        ok: true,
        status: method === 'GET' ? 200 : 204,
        body: method === 'GET' ? body : null,
        text: async () => '',
      };
    });
    signaling.reachable = false;
    const { line, told } = desktop({ auth: () => 'secret' });
    line.open();
    await settle();
    expect(told).toEqual(['open']);
    const say = (text: string) => events?.enqueue(new TextEncoder().encode(text));
    say(': listening\n\ndata: {"type":"peer",\ndata: "peer_id":"mobile","sta');
    say('te":"joined"}\n\n');
    await settle();
    expect(told.at(-1)).toBe('mobile joined');
    line.send({ type: 'offer', sdp: 'v=0' });
    line.send({ type: 'candidate', candidate: null });
    await settle();
    expect(requests).toEqual([
      'GET /api/realtime/webrtc-signal/kitchen/desktop Bearer secret ',
      'POST /api/realtime/webrtc-signal/kitchen/desktop Bearer secret {"type":"offer","sdp":"v=0"}',
      'POST /api/realtime/webrtc-signal/kitchen/desktop Bearer secret {"type":"candidate","candidate":null}',
    ]);
    events?.close();
    await settle();
    expect(told.at(-1)).toBe('lost connection_lost');
    clock.advance(500);
    await settle();
    expect(signaling.dialled).toHaveLength(1);
  });
});

describe('SignalingLine that fell back to requests', () => {
  /** A line that is there by an event stream, and a bridge that ends streams. */
  async function fellBack() {
    const streams: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>[] = [];
    const set = setUp(async () => {
      const start = (controller: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>) => streams.push(controller);
      const body = new ReadableStream<Uint8Array<ArrayBuffer>>({ start: (controller) => void start(controller) });
      return { ok: true, status: 200, body, text: async () => '' };
    });
    set.signaling.reachable = false;
    const { line, told } = set.desktop();
    line.open();
    await settle();
    set.signaling.reachable = true;
    const breakStream = async () => {
      streams.at(-1)?.close();
      await settle();
      set.clock.advance(500);
      await settle();
    };
    return { ...set, line, told, streams, breakStream };
  }

  it('does not wait for WebSockets again while they would hardly pass, nor ends a stream for them', async () => {
    const { signaling, clock, line, told, streams, breakStream } = await fellBack();
    await breakStream();
    expect([signaling.dialled.length, streams.length]).toEqual([1, 2]);
    clock.advance(3_600_000);
    await settle();
    expect([signaling.dialled.length, line.isOpen]).toEqual([1, true]);
    expect(told).toEqual(['open', 'lost connection_lost', 'open']);
  });

  it('tries them again when it is dialled after some minutes, and then not for as long', async () => {
    const { signaling, clock, line, streams, breakStream } = await fellBack();
    clock.advance(300_000);
    signaling.reachable = false;
    await breakStream();
    expect([signaling.dialled.length, streams.length]).toEqual([2, 2]);
    signaling.reachable = true;
    await breakStream();
    expect([signaling.dialled.length, streams.length]).toEqual([2, 3]);
    clock.advance(300_000);
    await breakStream();
    expect([signaling.peers, line.isOpen]).toEqual([['desktop'], true]);
  });

  it('tries them at once in another network', async () => {
    const { signaling, host, line } = await fellBack();
    host.bringNetworkBack();
    await settle();
    expect([signaling.peers, line.isOpen]).toEqual([['desktop'], true]);
  });
});

function setUp(fetch?: FakeSignalingHost['fetch']) {
  const clock = new ManualClock();
  const signaling = new FakeSignaling();
  const host = new FakeSignalingHost({ clock, signaling, ...(fetch === undefined ? {} : { fetch }) });
  const peer =
    (peerId: 'desktop' | 'mobile') =>
    (options: { auth?: () => string } = {}) => {
      const told: string[] = [];
      const http = new BridgeHttp({ url: '', auth: options.auth, fetch: host.fetch, clock });
      const line = new SignalingLine({
        http,
        host,
        conversationId: 'kitchen',
        peerId,
        sinks: {
          onOpen: () => told.push('open'),
          onEvent: (event) =>
            told.push(
              event.type === 'peer'
                ? `${event.peer_id} ${event.state}`
                : `${event.type} ${'connection_id' in event ? event.connection_id : ''}`,
            ),
          onLost: (error) => told.push(`lost ${error.code}`),
          onEnded: (error) => told.push(`ended ${error.code}`),
        },
      });
      return { line, told };
    };
  return { clock, signaling, host, desktop: peer('desktop'), phone: peer('mobile') };
}
