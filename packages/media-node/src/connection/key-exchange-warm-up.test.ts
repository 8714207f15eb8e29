import { expect, it } from 'vitest';
import { DtlsServer } from 'werift';
import { type NoTransport, warmUpKeyExchange } from './key-exchange-warm-up.ts';
import { newIdentity } from './peer-config.ts';

const { certPem: cert, keyPem: key, signatureHash } = newIdentity();

/** Gives the keys that the server agreed upon, one of its curve each. */
function serverWithNobody() {
  const agreed: string[] = [];
  const serve = (transport: NoTransport) => {
    const server = new DtlsServer({ transport, cert, key, signatureHash });
    const { onHandleHandshakes } = server;
    server.onHandleHandshakes = (messages) => {
      const handled = onHandleHandshakes(messages);
      const secret = server.cipher.masterSecret?.toString('hex') ?? 'none';
      if (messages[0]?.msg_type === 16) agreed.push(`${server.cipher.namedCurve} ${secret}`);
      return handled;
    };
  };
  return { serve, agreed };
}

/** CPU in ms. */
function costOf(run: () => void): number {
  const before = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

it('makes and agrees upon keys on both curves, which the library then does in a fraction of the time', () => {
  const { serve, agreed } = serverWithNobody();
  const first = costOf(() => warmUpKeyExchange(serve));
  const again = costOf(() => warmUpKeyExchange(serve));
  expect(agreed.map((each) => each.split(' ')[0])).toEqual(Array.from({ length: 4 }, () => ['23', '29']).flat());
  expect(new Set(agreed).size).toBe(8);
  expect(again).toBeLessThan(first / 2);
});
