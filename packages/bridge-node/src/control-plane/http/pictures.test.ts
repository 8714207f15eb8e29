import { bridgeTextPath } from '@voice-bridge/core';
import { describe, expect, it } from 'vitest';
import type { VoiceBridgeOptions } from '../../options.ts';
import { openBridge, outcome, post } from '../../testing/ask.ts';
import { createTestBridge } from '../../testing/create-test-bridge.ts';
import { FakeSessionHost } from '../../testing/fake-session-host.ts';

const PICTURE = 'data:image/png;base64,iVBORw0KGgo=';
const LARGE = `data:image/jpeg;base64,${'A'.repeat(60_000)}`;

async function start(options: VoiceBridgeOptions = {}) {
  const host = new FakeSessionHost();
  const bridge = createTestBridge({ authorize: 'open', ...options }, { host });
  await openBridge(bridge, 'a');
  const show = (body: object) => outcome(post(bridge, bridgeTextPath('a'), body));
  return { bridge, show, told: () => host.last.told('sendText') };
}

describe('a picture over HTTP', () => {
  it('goes to the model, with a text or without', async () => {
    const { show, told } = await start();
    expect(await show({ text: 'what is this', image_url: PICTURE })).toEqual([200]);
    expect(await show({ image_url: PICTURE })).toEqual([200]);
    expect(told()).toMatchObject([
      { text: 'what is this', imageUrl: PICTURE },
      { text: '', imageUrl: PICTURE },
    ]);
  });

  it.each([
    {},
    { image_url: '' },
    { image_url: 'https://example.org/a.png' },
    { image_url: 'data:text/html;base64,AAAA' },
    { image_url: 'data:image/svg+xml;base64,AAAA' },
    { image_url: 'data:image/png;base64,A A' },
    { image_url: 7 },
  ])('that is none is refused: %j', async (body) => {
    const { show, told } = await start();
    expect(await show(body)).toEqual([400, 'invalid_request']);
    expect(told()).toEqual([]);
  });

  it('may be as large as the way to the model carries', async () => {
    const { show, told } = await start();
    expect(await show({ image_url: LARGE })).toEqual([413, 'body_too_large']);
    expect(told()).toEqual([]);
    const wide = await start({ model: { apiKey: 'k', transport: 'websocket' } });
    expect(await wide.show({ image_url: LARGE })).toEqual([200]);
    expect(await wide.show({ image_url: LARGE.repeat(2) })).toEqual([413, 'body_too_large']);
  });
});

describe('what the application itself says to the assistant', () => {
  it('is text, a picture, or both; nothing is a mistake', async () => {
    const { bridge, told } = await start();
    expect(bridge.sessions.sendText('a', 'hello')).toBe(true);
    expect(bridge.sessions.sendText('a', { text: 'look', imageUrl: PICTURE })).toBe(true);
    expect(told()).toMatchObject([{ text: 'hello' }, { text: 'look', imageUrl: PICTURE }]);
    expect(bridge.sessions.sendText('b', 'hello')).toBe(false);
    expect(() => bridge.sessions.sendText('a', '')).toThrow(TypeError);
    expect(() => bridge.sessions.sendText('a', { imageUrl: 'data:,x' })).toThrow(TypeError);
    expect(() => bridge.sessions.sendText('a', { imageUrl: LARGE })).toThrow('60000');
  });
});
