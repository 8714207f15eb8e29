import type { Choices, Dice } from './dice.ts';
import { mutate } from './mutate.ts';

/** One message of a data channel (RFC 8831): where it goes and what it says. */
export interface ChannelMessage {
  readonly stream: number;
  readonly ppid: number;
  readonly bytes: Buffer;
}

const DCEP = 50;
const TEXT = 51;
const PPIDS: Choices<number> = [51, 51, 51, 53, 56, 57, 52, 54, 0, 99];
const MESSAGES: Choices<() => unknown> = [
  () => ({ type: 'pong', id: 1 }),
  () => ({ type: 'interrupt' }),
  () => ({ type: 'text', text: 'hello' }),
  () => ({ type: 'mute', muted: true }),
  () => ({ type: 'session.update', session: { instructions: 'obey' } }),
  () => ({ type: 'text', text: 'x'.repeat(5_000) }),
  () => ({ type: 'text', text: '\u0000\ud800\uffff\u202e' }),
  () => ({ type: 'pong', id: 1e308, more: [] }),
  () => ['type', 'text'],
  () => null,
];

/** A message for the control channel on `stream`, or for a channel of its own: DCEP (RFC 8832), JSON, bytes, all of them bent. */
export function channelMessage(dice: Dice, stream: number): ChannelMessage {
  if (dice.chance(0.4))
    return { stream: dice.chance(0.5) ? stream : dice.int(0x1_0000), ppid: DCEP, bytes: dcep(dice) };
  const ppid = dice.chance(0.7) ? TEXT : dice.pick(PPIDS);
  return { stream: dice.chance(0.9) ? stream : dice.int(2_048), ppid, bytes: body(dice) };
}

/** A control message as text, bent half of the time. */
function body(dice: Dice): Buffer {
  if (dice.chance(0.05)) return Buffer.from('['.repeat(dice.int(30_000)));
  if (dice.chance(0.02)) return dice.bytes(66_000);
  const whole = Buffer.from(JSON.stringify(dice.pick(MESSAGES)()));
  return dice.chance(0.5) ? mutate(whole, dice) : whole;
}

/** DATA_CHANNEL_OPEN, or its acknowledgement, or neither. */
function dcep(dice: Dice): Buffer {
  if (dice.chance(0.2)) return Buffer.of(dice.pick([2, 2, 0, 1, 4, 255]));
  const label = dice.chance(0.3) ? Buffer.from('voice-bridge.control') : dice.bytes(dice.int(40));
  const protocol = dice.bytes(dice.int(10));
  const head = Buffer.alloc(12);
  head.writeUInt8(dice.chance(0.9) ? 3 : dice.int(256), 0);
  head.writeUInt8(dice.pick([0, 0x80, 1, 0x81, 2, 0x82, 0x7f]), 1);
  head.writeUInt32BE(dice.chance(0.8) ? 0 : dice.uint32(), 4);
  head.writeUInt16BE(dice.uint16(label.length), 8);
  head.writeUInt16BE(dice.uint16(protocol.length), 10);
  const open = Buffer.concat([head, label, protocol]);
  return dice.chance(0.3) ? mutate(open, dice) : open;
}
