import { once } from 'node:events';
import { CLOSE_CODES, ENDPOINTS, eventsPath, participantsPath, phonePath, signalingPath } from '@voice-bridge/core';
import { ManualClock } from '@voice-bridge/core/testing';
import { afterEach, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { addParticipant, ask, openBridge, outcome, post } from '../../testing/ask.ts';
import { createTestBridge } from '../../testing/create-test-bridge.ts';
import { FakeSessionHost, type FakeSessionHostOptions } from '../../testing/fake-session-host.ts';
import { bearer, credentialIn, invite, pair, redeem, renew } from '../../testing/pair.ts';
import { listen } from '../http/listen.ts';
import type { BridgeDoors } from '../voice-bridge-interface.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const ANN = bearer('ann');
const HOURS_4 = 14_400_000;
const peer = (peerId: string, state: string) => JSON.stringify({ type: 'peer', peer_id: peerId, state });

describe('a phone that signals with its credential', () => {
  it('[S-0.1] talks with its desktop as the peer it was invited as', async () => {
    const { bridge, dial } = await start();
    const desktop = await dial(signalingPath('kitchen', 'desktop'), 'ann');
    const { credential } = await pair(bridge, { peer_id: 'mobile-2' }, ANN);
    const phone = await dial(signalingPath('kitchen', 'mobile-2'), credential);
    await expect.poll(() => desktop.messages).toEqual([peer('mobile-2', 'joined')]);
    desktop.socket.send('{"type":"offer", "sdp":"v=0", "to":"mobile-2"}');
    await expect.poll(() => phone.messages.at(-1)).toContain('"offer"');
  });

  it.each([
    ['the desktop', signalingPath('kitchen', 'desktop'), CLOSE_CODES.forbidden],
    ['another phone', signalingPath('kitchen', 'mobile-2'), CLOSE_CODES.forbidden],
    ['a phone elsewhere', signalingPath('cellar', 'mobile'), CLOSE_CODES.not_found],
    ['nobody', `${ENDPOINTS.signaling}/kitchen/phone`, CLOSE_CODES.invalid_peer_id],
  ])('does not get in as %s, and disturbs nobody', async (_name, path, code) => {
    const { bridge, dial } = await start();
    const desktop = await dial(signalingPath('kitchen', 'desktop'), 'ann');
    const other = await dial(signalingPath('kitchen', 'mobile-2'), 'ann');
    const { credential } = await pair(bridge, { peer_id: 'mobile' }, ANN);
    expect((await (await dial(path, credential)).closed)[0]).toBe(code);
    await expect.poll(() => desktop.messages).toEqual([peer('mobile-2', 'joined')]);
    await expect.poll(() => other.messages).toEqual([peer('desktop', 'joined')]);
  });

  it('[S-0.47] comes back after a reload with the credential it kept, and with a renewed one', async () => {
    const { bridge, dial } = await start();
    const desktop = await dial(signalingPath('kitchen', 'desktop'), 'ann');
    const { credential } = await pair(bridge, {}, ANN);
    (await dial(signalingPath('kitchen', 'mobile'), credential)).socket.terminate();
    await expect.poll(() => desktop.messages).toEqual([peer('mobile', 'joined'), peer('mobile', 'left')]);
    const fresh = await credentialIn(await renew(bridge, credential));
    const again = await dial(signalingPath('kitchen', 'mobile'), fresh.credential);
    await expect.poll(() => again.messages).toEqual([peer('desktop', 'joined')]);
  });

  it('stays when the credential it came with was renewed and died', async () => {
    const { bridge, clock } = await start();
    const { credential } = await pair(bridge, {}, ANN);
    const phone = await readStream(bridge, signalingPath('kitchen', 'mobile'), credential);
    await addParticipant(bridge, 'kitchen', bearer(credential));
    await renew(bridge, credential);
    await clock.advanceAsync(180_000);
    expect((await ask(bridge, ENDPOINTS.config, bearer(credential))).status).toBe(401);
    await readStream(bridge, signalingPath('kitchen', 'desktop'), 'ann');
    expect(await phone.next()).toContain(peer('desktop', 'joined'));
    const list = await ask(bridge, participantsPath('kitchen'), ANN);
    expect(await list.json()).toEqual({ participants: [expect.anything(), expect.anything()] });
  });

  it('is taken for taken when the next one is invited', async () => {
    const { bridge, dial } = await start();
    await dial(signalingPath('kitchen', 'mobile'), 'ann');
    expect((await invite(bridge, {}, ANN)).peer_id).toBe('mobile-2');
  });
});

describe('a phone that is removed', () => {
  it('[S-0.49] is told, its signaling ends with 4403, and the desktop hears of it; it cannot come back', async () => {
    const { bridge, dial } = await start();
    const desktop = await dial(signalingPath('kitchen', 'desktop'), 'ann');
    const { credential } = await pair(bridge, {}, ANN);
    const phone = await dial(signalingPath('kitchen', 'mobile'), credential);
    await remove(bridge);
    expect(await phone.closed).toEqual([CLOSE_CODES.forbidden, 'removed']);
    expect(phone.messages).toEqual([peer('desktop', 'joined'), peer('mobile', 'removed')]);
    await expect.poll(() => desktop.messages).toEqual([peer('mobile', 'joined'), peer('mobile', 'removed')]);
    const back = await dial(signalingPath('kitchen', 'mobile'), credential);
    expect((await back.closed)[0]).toBe(CLOSE_CODES.unauthorized);
    const { credential: anew } = await pair(bridge, { peer_id: 'mobile' }, ANN);
    const next = await dial(signalingPath('kitchen', 'mobile'), anew);
    await expect.poll(() => next.messages).toEqual([peer('desktop', 'joined')]);
  });

  it('by itself: the desktop hears of it, and the rest goes the same way', async () => {
    const { bridge, dial } = await start();
    const desktop = await dial(signalingPath('kitchen', 'desktop'), 'ann');
    const { credential } = await pair(bridge, {}, ANN);
    const phone = await dial(signalingPath('kitchen', 'mobile'), credential);
    await ask(bridge, phonePath('kitchen', 'mobile'), { method: 'DELETE', ...bearer(credential) });
    expect(await phone.closed).toEqual([CLOSE_CODES.forbidden, 'removed']);
    await expect.poll(() => desktop.messages).toEqual([peer('mobile', 'joined'), peer('mobile', 'removed')]);
  });

  it('is told on a stream as well, and speaks no more', async () => {
    const { bridge } = await start();
    const { credential } = await pair(bridge, {}, ANN);
    const phone = await readStream(bridge, signalingPath('kitchen', 'mobile'), credential);
    await remove(bridge);
    expect(await phone.next()).toContain(peer('mobile', 'removed'));
    expect(await phone.next()).toBeUndefined();
    const say = post(bridge, signalingPath('kitchen', 'mobile'), { type: 'offer', sdp: 'v=0' }, bearer(credential));
    expect(await outcome(say)).toEqual([401, 'unauthorized']);
  });

  it('hears no more of the conversation', async () => {
    const { bridge, dial } = await start();
    const { credential } = await pair(bridge, {}, ANN);
    const feed = await dial(`${eventsPath('kitchen')}?after=0`, credential);
    const stream = await readStream(bridge, eventsPath('kitchen'), credential);
    await remove(bridge);
    expect((await feed.closed)[0]).toBe(CLOSE_CODES.forbidden);
    expect(feed.messages.at(-1)).toContain('"code":"participant_removed"');
    while ((await stream.next()) !== undefined);
  });

  it('is taken out of the session; others stay', async () => {
    const { bridge, host, dial } = await start();
    const { credential } = await pair(bridge, {}, ANN);
    const speech = await dial(ENDPOINTS.speech, credential);
    speech.socket.send('{"type":"start","conversation_id":"kitchen"}');
    await expect.poll(() => speech.messages.at(0)).toContain('started');
    const [phone] = host.last.told('joinPcm');
    await remove(bridge);
    const out = host.last.told('removeParticipant').map(({ participantId }) => participantId);
    expect(new Set(out)).toEqual(new Set([phone?.participantId]));
    expect((await speech.closed)[0]).toBe(CLOSE_CODES.forbidden);
  });

  it('is not let in by an answer that comes too late', async () => {
    const { bridge, host } = await start({ answers: false });
    const { credential } = await pair(bridge, {}, ANN);
    const joining = addParticipant(bridge, 'kitchen', bearer(credential));
    await expect.poll(() => host.last.told('join')).toHaveLength(1);
    await remove(bridge);
    expect((await joining).status).toBe(499);
    expect(host.last.told('removeParticipant')).toHaveLength(1);
  });

  it('without being paired hears it, too', async () => {
    const { bridge, dial } = await start();
    const phone = await dial(signalingPath('kitchen', 'mobile'), 'ann');
    await remove(bridge);
    expect(await phone.closed).toEqual([CLOSE_CODES.forbidden, 'removed']);
  });

  it('is removed by the next one that is paired as it', async () => {
    const { bridge, dial } = await start();
    const { credential } = await pair(bridge, { peer_id: 'mobile' }, ANN);
    const phone = await dial(signalingPath('kitchen', 'mobile'), credential);
    const { token } = await invite(bridge, { peer_id: 'mobile' }, ANN);
    phone.socket.send('?');
    await expect.poll(() => phone.messages.at(-1)).toContain('invalid_message');
    await redeem(bridge, { token });
    expect(await phone.closed).toEqual([CLOSE_CODES.forbidden, 'removed']);
  });
});

describe('a phone whose credential runs out', () => {
  it('loses its connections, its feed and its place, and the desktop hears that it is not one of its phones any more', async () => {
    const { bridge, clock, host, dial } = await start();
    const { credential } = await pair(bridge, {}, ANN);
    await clock.advanceAsync(HOURS_4 - 1_000);
    const desktop = await dial(signalingPath('kitchen', 'desktop'), 'ann');
    const phone = await dial(signalingPath('kitchen', 'mobile'), credential);
    const feed = await dial(`${eventsPath('kitchen')}?after=0`, credential);
    await openBridge(bridge, 'kitchen', ANN);
    await addParticipant(bridge, 'kitchen', bearer(credential));
    await clock.advanceAsync(1_000);
    expect((await phone.closed)[0]).toBe(CLOSE_CODES.unauthorized);
    expect((await feed.closed)[0]).toBe(CLOSE_CODES.unauthorized);
    const out = [peer('mobile', 'left'), peer('mobile', 'removed')];
    await expect.poll(() => desktop.messages).toEqual([peer('mobile', 'joined'), ...out]);
    expect(phone.messages).not.toContain(peer('mobile', 'removed'));
    expect(host.last.told('removeParticipant')).toMatchObject([{ code: 'unauthorized' }]);
  });

  it('while its signaling is away is told of all the same: what goes straight to the desktop is to end, too', async () => {
    const { bridge, clock, dial } = await start();
    await pair(bridge, {}, ANN);
    await clock.advanceAsync(HOURS_4 - 1_000);
    const desktop = await dial(signalingPath('kitchen', 'desktop'), 'ann');
    await clock.advanceAsync(1_000);
    await expect.poll(() => desktop.messages).toEqual([peer('mobile', 'removed')]);
  });
});

describe('a phone that has to be accepted', () => {
  it('is seen by the desktop, and told when it is accepted and whenever it comes again', async () => {
    const { bridge, dial } = await start();
    const desktop = await dial(signalingPath('kitchen', 'desktop'), 'ann');
    const { credential, state } = await pair(bridge, { confirm: true }, ANN);
    expect(state).toBe('waiting');
    const phone = await dial(signalingPath('kitchen', 'mobile'), credential);
    await expect.poll(() => desktop.messages).toEqual([peer('mobile', 'joined')]);
    // Another connection: what was sent to it first may come last.
    await expect.poll(() => phone.messages).toEqual([peer('desktop', 'joined')]);
    await ask(bridge, phonePath('kitchen', 'mobile'), { method: 'POST', ...ANN });
    await expect.poll(() => phone.messages.at(-1)).toBe(peer('mobile', 'accepted'));
    const again = await dial(signalingPath('kitchen', 'mobile'), credential);
    await expect.poll(() => again.messages).toEqual([peer('desktop', 'joined'), peer('mobile', 'accepted')]);
    expect(await credentialIn(await renew(bridge, credential))).toMatchObject({ state: 'accepted' });
  });

  it('without being paired is told as well that it was, and is none when it is not there', async () => {
    const { bridge, dial } = await start();
    const accept = () => ask(bridge, phonePath('kitchen', 'mobile'), { method: 'POST', ...ANN });
    expect(await outcome(accept())).toEqual([404, 'not_found']);
    const phone = await dial(signalingPath('kitchen', 'mobile'), 'ann');
    expect((await accept()).status).toBe(200);
    await expect.poll(() => phone.messages).toEqual([peer('mobile', 'accepted')]);
  });

  it('is refused by removing it', async () => {
    const { bridge, dial } = await start();
    const { credential } = await pair(bridge, { confirm: true }, ANN);
    const phone = await dial(signalingPath('kitchen', 'mobile'), credential);
    await remove(bridge);
    expect(await phone.closed).toEqual([CLOSE_CODES.forbidden, 'removed']);
  });
});

/** A bridge that listens, with a session of Ann's in `kitchen`. */
async function start(options: FakeSessionHostOptions = {}) {
  const clock = new ManualClock();
  const host = new FakeSessionHost(options);
  const authorize = (request: Request) =>
    request.headers.get('authorization') === 'Bearer ann' && ({ subject: 'ann', conversations: 'any' } as const);
  const bridge = createTestBridge({ authorize, limits: { sessionMinutes: 600, idleMinutes: 600 } }, { host, clock });
  const { port, close } = await listen(bridge, { port: 0 });
  cleanups.push(close);
  if (options.answers === false) await post(bridge, ENDPOINTS.session, { conversation_id: 'kitchen' }, ANN);
  else await openBridge(bridge, 'kitchen', ANN);
  const dial = async (path: string, token: string) => {
    const protocols = ['voice-bridge.v1', `voice-bridge.token.${token}`];
    const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, protocols);
    cleanups.push(() => socket.terminate());
    const messages: string[] = [];
    socket.on('message', (data) => messages.push(String(data)));
    socket.on('error', () => {});
    const closed = new Promise<[number, string]>((resolve) => {
      socket.on('close', (code, reason) => resolve([code, String(reason)]));
    });
    await once(socket, 'open');
    return { socket, messages, closed };
  };
  return { bridge, clock, host, dial };
}

/** Server-sent events as they come; undefined at the end. */
async function readStream(bridge: BridgeDoors, path: string, token: string) {
  const { body } = await ask(bridge, path, bearer(token));
  const reader = (body ?? new ReadableStream()).pipeThrough(new TextDecoderStream()).getReader();
  cleanups.push(() => reader.cancel());
  await reader.read();
  const next = async (): Promise<string | undefined> => {
    const { value } = await reader.read();
    return value?.startsWith(': ping') ? next() : value;
  };
  return { next };
}

async function remove(bridge: BridgeDoors): Promise<void> {
  const response = await ask(bridge, phonePath('kitchen', 'mobile'), { method: 'DELETE', ...ANN });
  expect(response.status).toBe(200);
}
