import { createInterface } from 'node:readline';

/** What a relay does with an offer or, for bare UDP, with the port a leg is at. */
export interface Relay {
  readonly offer?: (leg: number, sdp: string) => Promise<string>;
  readonly plain?: (leg: number, port: number) => Promise<number>;
}

/**
 * Runs a relay as the bench drives it: lines in and out, legs 2k and 2k+1 belong together.
 * `offer LEG "SDP"` is answered by `answer LEG "SDP"`, `plain LEG PORT` by `plain LEG PORT`; `ready` comes first.
 */
export function obeyOrders(relay: Relay): void {
  createInterface(process.stdin).on('line', (line) => {
    obey(relay, line).then(say, (error: unknown) => say(`failed ${String(error)}`));
  });
  process.stdin.on('end', () => process.exit(0));
  say('ready');
}

async function obey({ offer, plain }: Relay, line: string): Promise<string> {
  const [, order, number, rest = ''] = /^(\w+) (\d+) (.*)$/.exec(line) ?? [];
  const leg = Number(number);
  if (order === 'plain' && plain !== undefined) return `plain ${leg} ${await plain(leg, Number(rest))}`;
  const sdp: unknown = JSON.parse(rest);
  if (order !== 'offer' || offer === undefined || typeof sdp !== 'string') throw new Error(`unknown order ${order}`);
  return `answer ${leg} ${JSON.stringify(await offer(leg, sdp))}`;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
