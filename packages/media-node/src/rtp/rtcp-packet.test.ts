import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRtcp, type ReportBlock, type RtcpPacket } from './rtcp-packet.ts';
import { MAX_REPORTS, writeGoodbye, writeName, writeReport } from './rtcp-writer.ts';

const uint32 = fc.nat(2 ** 32 - 1);
const block: fc.Arbitrary<ReportBlock> = fc.record({
  ssrc: uint32,
  fractionLost: fc.nat(255),
  packetsLost: fc.integer({ min: -(2 ** 23), max: 2 ** 23 - 1 }),
  highestSequence: uint32,
  jitter: uint32,
  lastSenderReport: uint32,
  delaySinceLastSenderReport: uint32,
});
const sender = fc.record({
  ntpSeconds: uint32,
  ntpFraction: uint32,
  rtpTimestamp: uint32,
  packetCount: uint32,
  octetCount: uint32,
});
const CORPORA = process.env.VOICE_BRIDGE_CORPORA ?? '';

function parse(bytes: Uint8Array): readonly RtcpPacket[] | undefined {
  const parsed = parseRtcp(bytes, bytes.length);
  return parsed.ok ? parsed.value : undefined;
}

describe('RTCP packets', () => {
  it('are read as they were written: report, name and end in one compound packet', () => {
    const blocks = fc.array(block, { maxLength: MAX_REPORTS, size: 'max' });
    const name = fc.string({ maxLength: 8, unit: 'grapheme' });
    fc.assert(
      fc.property(uint32, fc.option(sender, { nil: undefined }), blocks, name, (ssrc, info, reports, cname) => {
        const bytes = new Uint8Array(2_000).fill(0xee);
        const end = writeGoodbye(
          bytes,
          writeName(bytes, writeReport(bytes, 0, ssrc, info, reports), ssrc, cname),
          ssrc,
        );
        expect(parse(bytes.slice(0, end))).toEqual([
          info === undefined
            ? { type: 'receiverReport', ssrc, reports }
            : { type: 'senderReport', ssrc, ...info, reports },
          { type: 'sourceDescription', sources: [{ ssrc, cname }] },
          { type: 'goodbye', ssrcs: [ssrc] },
        ]);
      }),
      { numRuns: 50 },
    );
  });

  it('keep the number of lost packets within 24 bits', () => {
    const lost = [2 ** 23, -(2 ** 23) - 1, -1].map((packetsLost) => {
      const bytes = new Uint8Array(100);
      const end = writeReport(bytes, 0, 1, undefined, [{ ...zeros, packetsLost }]);
      const [report] = parse(bytes.slice(0, end)) ?? [];
      return report?.type === 'receiverReport' ? report.reports[0]?.packetsLost : undefined;
    });
    expect(lost).toEqual([2 ** 23 - 1, -(2 ** 23), -1]);
  });

  it('are taken without a report in front (RFC 5506), and with padding at the very end', () => {
    expect(parse(bytesOf('81cb0001 ae528b43'))).toEqual([{ type: 'goodbye', ssrcs: [0xae528b43] }]);
    expect(parse(bytesOf('81cd0002 00000001 00000002'))).toEqual([{ type: 'other', packetType: 205 }]);
    expect(parse(bytesOf('a1cb0002 00000001 00000004'))).toEqual([{ type: 'goodbye', ssrcs: [1] }]);
  });

  it.each([
    ['nothing at all', ''],
    ['another version', '41cb0001 00000001'],
    ['a length beyond its end', '81cb0002 00000001'],
    ['bytes behind the last packet', '81cb0001 00000001 80'],
    ['more sources than it holds', '82cb0001 00000001'],
    ['a reason longer than itself', '81cb0002 00000001 04616263'],
    ['padding before the last packet', 'a1cb0002 00000001 00000004 81cb0001 00000001'],
    ['padding of nothing', 'a1cb0002 00000001 00000000'],
    ['padding of half a word', 'a1cb0002 00000001 00000002'],
    ['padding into its header', 'a0cb0001 00000008'],
    ['a report without its block', '81c90001 00000001'],
    ['a sender report without its numbers', '80c80001 00000001'],
    ['a name without its end', '81ca0002 00000001 01026162'],
    ['a name longer than itself', '81ca0002 00000001 01ff6162'],
    ['65 packets', '80cb0000'.repeat(65)],
    ['a source cut off', '82ca0002 00000001 00000000'],
  ])('are refused as a whole when one has %s', (_, hex) => {
    expect(parse(bytesOf(hex))).toBeUndefined();
  });

  it('never make the reader throw, whatever the bytes', () => {
    const packet = fc
      .tuple(fc.nat(255), fc.integer({ min: 192, max: 210 }), fc.nat(12), fc.uint8Array({ maxLength: 60, size: 'max' }))
      .map(([first, type, words, rest]) => [0x80 | (first & 0x3f), type, 0, words, ...rest]);
    fc.assert(
      fc.property(fc.array(packet, { maxLength: 4 }), fc.nat(300), (packets, length) => {
        const bytes = Uint8Array.from(packets.flat());
        expect(parseRtcp(bytes, length).ok).toBe(length <= bytes.length && parse(bytes.slice(0, length)) !== undefined);
      }),
      { numRuns: 2_000 },
    );
  });

  it.skipIf(!existsSync(join(CORPORA, 'aiortc-bin')))(
    'of aiortc are taken, its broken ones are not (VOICE_BRIDGE_CORPORA)',
    () => {
      const folder = join(CORPORA, 'aiortc-bin');
      const files = readdirSync(folder).filter((name) => name.startsWith('rtcp_'));
      const taken = files.filter((name) => parse(readFileSync(join(folder, name))) !== undefined);
      // Feedback is not ours to read: only its length is checked.
      const broken = files.filter((name) => /_truncated|(bye|rr|sr)_invalid/.test(name));
      expect(broken.length).toBeGreaterThanOrEqual(5);
      expect(taken).toEqual(files.filter((name) => !broken.includes(name)));
    },
  );

  it.skipIf(!existsSync(join(CORPORA, 'pion-rtcp')))(
    'that broke Pion break nothing here (VOICE_BRIDGE_CORPORA)',
    () => {
      const folder = join(CORPORA, 'pion-rtcp/fuzz/FuzzUnmarshal');
      const texts = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'latin1'));
      expect(texts.length).toBeGreaterThan(0);
      for (const text of texts) {
        const bytes = goBytes(text);
        for (let length = 0; length <= bytes.length; length++)
          expect(parseRtcp(bytes, length).ok).toBeTypeOf('boolean');
      }
    },
  );
});

const zeros: ReportBlock = {
  ssrc: 0,
  fractionLost: 0,
  packetsLost: 0,
  highestSequence: 0,
  jitter: 0,
  lastSenderReport: 0,
  delaySinceLastSenderReport: 0,
};

function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
}

/** The bytes of a Go fuzzing corpus file: `[]byte("...")` with Go's escapes. */
function goBytes(text: string): Uint8Array {
  const quoted = /\[\]byte\("(.*)"\)/s.exec(text)?.[1] ?? '';
  const escapes: Record<string, string> = { a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' };
  const raw = quoted.replace(/\\(x[0-9a-f]{2}|.)/g, (_, code: string) =>
    code.startsWith('x') ? String.fromCharCode(Number.parseInt(code.slice(1), 16)) : (escapes[code] ?? code),
  );
  return Uint8Array.from(Buffer.from(raw, 'latin1'));
}
