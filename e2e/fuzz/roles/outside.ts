/** Attackers without a key: strangers on ports of their own, and forgers who send from a bystander's address and port. */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import * as z from 'zod/mini';
import { type Choices, Dice } from '../generate/dice.ts';
import { outsideInput } from '../generate/inputs.ts';
import { readCorpora } from '../support/corpora.ts';
import type { Attack, SharedPath } from '../support/messages.ts';
import { Pace } from '../support/pace.ts';
import { RecentAttacks } from '../support/recent-attacks.ts';
import { obey, settings, standBack, tell } from '../support/role.ts';

const STRANGERS = 8;
const FORGED = 0.4;
const REPORT_MS = 250;
const LOOPBACK = '127.0.0.1';

const { seed, firstIndex, corpora, sharedPaths } = settings(
  z.object({
    seed: z.number(),
    firstIndex: z.number(),
    corpora: z.optional(z.string()),
    sharedPaths: z.array(z.object({ forgePort: z.number(), userName: z.string() })),
  }),
);
const paths = requireSome<SharedPath>(sharedPaths);
standBack();
const seeds = readCorpora(corpora);
const recent = new RecentAttacks();
const strangers = requireSome(await Promise.all(Array.from({ length: STRANGERS }, openStranger)));
let targets: readonly number[] = [];
let index = firstIndex;
let bytesSent = 0;
let bytesBack = 0;
let corporaSent: Record<string, number> = {};
/** Every file goes to a stranger's target and to each way of forging. */
const files = seeds.all.flatMap((file) => [
  { file, standing: 'off-path' as const },
  { file, standing: 'five-tuple' as const },
]);

const pace = new Pace(() => {
  if (targets.length === 0) return;
  const dice = new Dice(seed * 2, index);
  const next = index++ % 4 === 0 ? files.pop() : undefined;
  const path = dice.pick(paths);
  if (next !== undefined) {
    corporaSent[next.standing] = (corporaSent[next.standing] ?? 0) + 1;
    send(dice, path, next.standing, next.file.protocol, next.file.name, next.file.bytes);
    return;
  }
  const { protocol, bytes } = outsideInput(dice, seeds, path.userName);
  send(dice, path, dice.chance(FORGED) ? 'five-tuple' : 'off-path', protocol, `${seed}:${index - 1}`, bytes);
});

setInterval(() => {
  tell({ type: 'sent', counts: recent.takeCounts(), lives: 0, corpora: corporaSent, bytesSent, bytesBack });
  bytesSent = 0;
  bytesBack = 0;
  corporaSent = {};
}, REPORT_MS);
obey((order) => {
  if (order.type === 'aim') targets = order.ports;
  if (order.type === 'rate') pace.perSecond = order.perSecond;
  if (order.type === 'replay') replay(order.attacks);
  if (order.type === 'tell recent') tell({ type: 'recent', attacks: recent.recent() });
  if (order.type === 'stop') process.exit(0);
});
tell({ type: 'ports', ports: strangers.map((socket) => socket.address().port) });
tell({ type: 'ready', sharedPaths: [] });

function send(
  dice: Dice,
  path: SharedPath,
  standing: Attack['standing'],
  protocol: string,
  origin: string,
  bytes: Buffer,
): void {
  recent.add({ attacker: 'outside', standing, protocol, origin }, bytes);
  const port = standing === 'five-tuple' ? path.forgePort : (targets[dice.int(targets.length)] ?? 0);
  if (standing === 'off-path') bytesSent += bytes.length;
  if (port > 0) dice.pick(strangers).send(bytes, port, LOOPBACK);
}

/** Each is sent to every port, and from every shared five-tuple. */
function replay(attacks: readonly Attack[]): void {
  for (const { hex, attacker } of attacks) {
    if (attacker !== 'outside') continue;
    const bytes = Buffer.from(hex, 'hex');
    for (const port of targets) strangers[0].send(bytes, port, LOOPBACK);
    for (const { forgePort } of paths) strangers[0].send(bytes, forgePort, LOOPBACK);
  }
}

async function openStranger(): Promise<Socket> {
  const socket = createSocket({ type: 'udp4', lookup: (host, _options, callback) => callback(null, host, 4) });
  socket.on('error', () => {});
  socket.on('message', (datagram) => {
    bytesBack += datagram.length;
  });
  const listening = once(socket, 'listening');
  socket.bind(0, LOOPBACK);
  await listening;
  return socket;
}

function requireSome<T>(values: readonly T[]): Choices<T> {
  const [first, ...others] = values;
  if (first === undefined) throw new TypeError('There must be at least one');
  return [first, ...others];
}
