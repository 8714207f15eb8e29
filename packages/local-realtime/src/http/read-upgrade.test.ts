import { describe, expect, it } from 'vitest';
import { readUpgrade } from './read-upgrade.ts';

const key = { authorization: 'Bearer key' };

describe('readUpgrade', () => {
  it.each(['//', '@x:99999', 'http://[', '', '/v1/realtime/calls', '/v1/realtime/../x'])(
    'refuses %j as no address here',
    (url) => {
      expect(readUpgrade({ url, headers: key })).toMatchObject({ type: 'refused', problem: { status: 404 } });
    },
  );

  it('takes a key from the header or, before that, from the subprotocols', () => {
    const url = '/v1/realtime?model=m';
    const page = { 'sec-websocket-protocol': 'realtime, openai-insecure-api-key.ek_1, openai-organization.o' };
    expect(readUpgrade({ url, headers: key })).toMatchObject({
      session: { model: 'm' },
      key: { text: 'key', from: 'header' },
    });
    expect(readUpgrade({ url, headers: { ...key, ...page } })).toMatchObject({ key: { text: 'ek_1', from: 'page' } });
    const empty = { 'sec-websocket-protocol': 'realtime, openai-insecure-api-key.' };
    expect(readUpgrade({ url, headers: empty })).toMatchObject({ type: 'refused', problem: { status: 401 } });
  });

  it('keeps sidebands from ephemeral keys', () => {
    const url = '/v1/realtime?call_id=rtc_1';
    expect(readUpgrade({ url, headers: key })).toEqual({ type: 'sideband', callId: 'rtc_1' });
    const minted = { authorization: 'Bearer ek_1' };
    expect(readUpgrade({ url, headers: minted })).toMatchObject({
      problem: { status: 404, problem: { code: 'call_id_not_found' } },
    });
  });
});
