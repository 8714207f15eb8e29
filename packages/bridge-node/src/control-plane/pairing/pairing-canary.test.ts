import {
  ENDPOINTS,
  eventsPath,
  type LogFields,
  type Logger,
  phonePath,
  phonesPath,
  signalingPath,
} from '@voice-bridge/core';
import { ManualClock } from '@voice-bridge/core/testing';
import { expect, it } from 'vitest';
import { addParticipant, ask, openBridge, post } from '../../testing/ask.ts';
import { createTestBridge } from '../../testing/create-test-bridge.ts';
import { FakeSessionHost } from '../../testing/fake-session-host.ts';
import { bearer, credentialIn, invite, redeem, renew } from '../../testing/pair.ts';

it('a token, a code and a credential are in no byte but of the one answer that gives them', async () => {
  const left: string[] = [];
  const write = (fields: LogFields, message: string) => left.push(JSON.stringify(fields), message);
  const logger: Logger = { debug: write, info: write, warn: write, error: write };
  const authorize = (request: Request) => {
    if (request.headers.get('authorization') === 'Bearer ann') return { subject: 'ann', conversations: 'any' } as const;
    throw new TypeError(`who is ${request.headers.get('authorization')}`);
  };
  const host = new FakeSessionHost();
  const clock = new ManualClock();
  const bridge = createTestBridge({ authorize, logger }, { host, clock });
  for (const name of ['sessionOpened', 'sessionClosed', 'participantJoined', 'participantLeft', 'warning'] as const) {
    bridge.on(name, (event) => {
      left.push(JSON.stringify(event));
    });
  }
  const answered = async (response: Response | Promise<Response>) => {
    const settled = await response;
    left.push(await settled.text(), JSON.stringify([...settled.headers]));
  };
  const ann = bearer('ann');
  const feed = await ask(bridge, eventsPath('kitchen'), ann);
  const reader = feed.body?.pipeThrough(new TextDecoderStream()).getReader();
  left.push((await reader?.read())?.value ?? '');

  await openBridge(bridge, 'kitchen', ann);
  const [first, second] = [await invite(bridge, { confirm: true }, ann), await invite(bridge, {}, ann)];
  await answered(redeem(bridge, { code: `${second.code.slice(0, 4)}-9999` }));
  await answered(redeem(bridge, { token: `${first.token.slice(0, -1)}!` }));
  await answered(redeem(bridge, { token: first.token, [first.token]: 1 }));
  await answered(redeem(bridge, { token: first.token, name: 3 }));
  const { credential } = await credentialIn(await redeem(bridge, { token: first.token }));
  await answered(redeem(bridge, { token: first.token }));
  await answered(redeem(bridge, { code: first.code }));
  await answered(ask(bridge, phonesPath('kitchen'), ann));
  await answered(ask(bridge, phonePath('kitchen', 'mobile'), { method: 'POST', ...ann }));
  const fresh = await credentialIn(await renew(bridge, credential));
  await answered(addParticipant(bridge, 'kitchen', bearer(fresh.credential)));
  await answered(ask(bridge, ENDPOINTS.conversations, bearer(fresh.credential)));
  await answered(post(bridge, ENDPOINTS.pairing, { conversation_id: 'kitchen' }, bearer(fresh.credential)));
  await answered(ask(bridge, signalingPath('kitchen', 'desktop'), bearer(fresh.credential)));
  await answered(ask(bridge, `/${first.token}`));
  const late = await credentialIn(await renew(bridge, credential));
  expect(late).toEqual(fresh);
  await answered(ask(bridge, signalingPath('kitchen', 'mobile'), { method: 'HEAD', ...ann }));
  left.push(JSON.stringify([bridge.sessions.list(), host.last.told('join'), host.last.options]));
  left.push(JSON.stringify([bridge.phones.list(), bridge.phones.list({ subject: 'ann' })]));
  await answered(ask(bridge, phonePath('kitchen', 'mobile'), { method: 'DELETE', ...ann }));
  await answered(renew(bridge, fresh.credential));
  await answered(ask(bridge, ENDPOINTS.config, bearer(`${credential}x`)));
  await answered(ask(bridge, ENDPOINTS.config, bearer(second.token)));
  await clock.advanceAsync(120_000);
  await answered(redeem(bridge, { token: second.token }));
  const closing = bridge.close();
  for (let piece = await reader?.read(); piece?.done === false; piece = await reader?.read()) left.push(piece.value);
  await closing;

  const all = left.join('\n');
  for (const told of ['a phone was paired', 'ended: removed', 'pairing_used', 'pairing_expired', 'authorize threw']) {
    expect(all).toContain(told);
  }
  const secrets = [first.token, second.token, credential, fresh.credential].flatMap((text) => [text, text.slice(-24)]);
  const codes = [first.code, second.code].flatMap((code) => [code, code.replace('-', '')]);
  expect([...secrets, ...codes].filter((secret) => all.includes(secret))).toEqual([]);
});
