import type { Choices, Dice } from './dice.ts';
import { mutate } from './mutate.ts';

type Change = (lines: readonly string[], dice: Dice) => readonly string[];

const CHANGES: Choices<Change> = [removeLine, repeatLine, swapLines, bendNumber, bendLine, addLine, bendBytes];
const NUMBERS: Choices<string> = ['0', '-1', '65536', '4294967296', '1e9', '999999999999999999999', ''];
const LINES: Choices<string> = [
  'a=candidate:1 1 udp 2116026367 192.0.2.1 9 typ host',
  'a=candidate:1 1 tcp 1 fe80::1%lo 9 typ host tcptype active',
  'a=candidate:1 1 udp 1 an.internal.name.invalid 9 typ host',
  'a=end-of-candidates',
  'a=setup:active',
  'a=setup:holdconn',
  'a=ice-lite',
  'a=rtpmap:111 opus/48000/2',
  'a=rtpmap:200 opus/48000/2',
  'a=extmap:1 urn:ietf:params:rtp-hdrext:sdes:mid',
  'a=rid:1 send',
  'a=simulcast:send 1;2',
  'a=ssrc-group:FID 1 2',
  'a=sctp-port:0',
  'a=max-message-size:0',
  'a=fingerprint:sha-256 00',
  'a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz',
  'm=video 9 UDP/TLS/RTP/SAVPF 96',
  'm=audio 0 RTP/AVP 0',
  'b=AS:-1',
  'c=IN IP6 ::',
];

/** A description (RFC 8866) with one to five of its lines, numbers or bytes changed. */
export function bentSdp(dice: Dice, sdp: string): string {
  let lines: readonly string[] = sdp.split('\r\n');
  for (let left = 1 + dice.int(5); left > 0 && lines.length > 1; left--) lines = dice.pick(CHANGES)(lines, dice);
  return lines.join(dice.chance(0.95) ? '\r\n' : dice.pick(['\n', '\r', '\u2028']));
}

function removeLine(lines: readonly string[], dice: Dice): readonly string[] {
  return lines.toSpliced(dice.int(lines.length), 1);
}

function repeatLine(lines: readonly string[], dice: Dice): readonly string[] {
  const at = dice.int(lines.length);
  const times = dice.chance(0.9) ? 1 : dice.int(500);
  return lines.toSpliced(at, 0, ...new Array<string>(times).fill(lines[at] ?? ''));
}

function swapLines(lines: readonly string[], dice: Dice): readonly string[] {
  const [from, to] = [dice.int(lines.length), dice.int(lines.length)];
  return lines.with(from, lines[to] ?? '').with(to, lines[from] ?? '');
}

function bendNumber(lines: readonly string[], dice: Dice): readonly string[] {
  const at = dice.int(lines.length);
  return lines.with(at, (lines[at] ?? '').replace(/\d+/, dice.pick(NUMBERS)));
}

function bendLine(lines: readonly string[], dice: Dice): readonly string[] {
  const at = dice.int(lines.length);
  const line = lines[at] ?? '';
  const cut = dice.int(line.length + 1);
  return lines.with(at, `${line.slice(0, cut)}${dice.pick(['', ' ', ':', '%00', '\u0000', 'x'.repeat(3_000)])}`);
}

function addLine(lines: readonly string[], dice: Dice): readonly string[] {
  return lines.toSpliced(dice.int(lines.length), 0, dice.pick(LINES));
}

function bendBytes(lines: readonly string[], dice: Dice): readonly string[] {
  return mutate(Buffer.from(lines.join('\r\n')), dice)
    .toString('latin1')
    .split('\r\n');
}
