import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RTP_HEADER_BYTES, RtpPacketView, rtpHeaderLength, writeRtpHeader } from './rtp-packet.ts';

const header = fc.record({
  ssrc: fc.nat(2 ** 32 - 1),
  payloadType: fc.nat(127),
  sequenceNumber: fc.nat(65_535),
  timestamp: fc.nat(2 ** 32 - 1),
  marker: fc.boolean(),
});

describe('an RTP packet', () => {
  it('reads back what was written, wherever the buffer ends', () => {
    const rest = { payload: fc.uint8Array({ maxLength: 300, size: 'max' }), room: fc.nat(40) };
    fc.assert(
      fc.property(header, fc.record(rest), (fields, { payload, room }) => {
        const bytes = new Uint8Array(RTP_HEADER_BYTES + payload.length + room).fill(0xff);
        const start = writeRtpHeader(bytes, fields.ssrc, fields.payloadType, fields);
        bytes.set(payload, start);
        const view = new RtpPacketView();
        expect(view.read(bytes, start + payload.length)).toBe(true);
        expect(fieldsOf(view)).toEqual(fields);
        expect(bytes.slice(view.payloadStart, view.payloadEnd)).toEqual(payload);
        expect(view.extensionProfile).toBeUndefined();
      }),
    );
  });

  it('changes one field in place and nothing else', () => {
    fc.assert(
      fc.property(header, header, fc.constantFrom(...names), (before, after, name) => {
        const { view } = packet(before);
        Object.assign(view, { [name]: after[name] });
        expect(fieldsOf(view)).toEqual({ ...before, [name]: after[name] });
      }),
    );
  });

  it('finds the payload behind CSRCs and extension, and in front of padding', () => {
    const parts = fc.record({
      csrcs: fc.nat(15),
      extension: fc.option(fc.record({ profile: fc.nat(65_535), words: fc.nat(20) }), { nil: undefined }),
      payload: fc.uint8Array({ maxLength: 50, size: 'max' }),
      padding: fc.nat(255),
    });
    fc.assert(
      fc.property(header, parts, (fields, { csrcs, extension, payload, padding }) => {
        const { bytes, view } = packet(fields, csrcs, extension, payload, padding);
        expect(fieldsOf(view)).toEqual(fields);
        expect(bytes.slice(view.payloadStart, view.payloadEnd)).toEqual(payload);
        expect(view.extensionProfile).toBe(extension?.profile);
        const words = extension === undefined ? 0 : (view.payloadStart - view.extensionStart) / 4;
        expect(words).toBe(extension?.words ?? 0);
      }),
    );
  });

  it('[W1] refuses the 53-byte packet whose extension claims 1,036 bytes, in microseconds', () => {
    const hostile = new Uint8Array(53).fill(0xff);
    hostile.set(Buffer.from('b0600001000000010000040bbede520110', 'hex'));
    expect(rtpHeaderLength(hostile, hostile.length)).toBe(-1);
    const view = new RtpPacketView();
    let accepted = 0;
    const before = process.cpuUsage();
    for (let n = 0; n < 10_000; n++) accepted += view.read(hostile, hostile.length) ? 1 : 0;
    const { user } = process.cpuUsage(before);
    expect(accepted).toBe(0);
    expect(user / 10_000, 'µs of CPU per packet').toBeLessThan(20);
  });

  it.each([
    ['too short for a header', 11, () => {}],
    ['longer than its buffer', 65, () => {}],
    ['of another version', 64, (bytes: Uint8Array) => bytes.fill(0x40, 0, 1)],
    ['with more CSRCs than bytes', 64, (bytes: Uint8Array) => bytes.fill(0x8f, 0, 1)],
    ['with an extension header cut off', 14, (bytes: Uint8Array) => bytes.fill(0x90, 0, 1)],
    ['with an extension one word too long', 64, (bytes: Uint8Array) => bytes.set([0x90]) ?? bytes.set([13], 15)],
    ['with a padding of nothing', 64, (bytes: Uint8Array) => bytes.fill(0xa0, 0, 1)],
    ['with padding into its header', 64, (bytes: Uint8Array) => bytes.set([0xa0]) ?? bytes.set([53], 63)],
  ] as const)('is refused when it is %s', (_, length, spoil) => {
    const bytes = new Uint8Array(64);
    bytes[0] = 0x80;
    spoil(bytes);
    expect(new RtpPacketView().read(bytes, length)).toBe(false);
  });

  it('never throws and never points outside the packet, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100, size: 'max' }), fc.nat(120), (bytes, length) => {
        if (bytes.length > 0) bytes[0] = 0x80 | ((bytes[0] ?? 0) & 0x3f);
        const view = new RtpPacketView();
        const end = rtpHeaderLength(bytes, length);
        expect(end === -1 || (end >= RTP_HEADER_BYTES && end <= Math.min(length, bytes.length))).toBe(true);
        if (!view.read(bytes, length)) return;
        expect(view.payloadStart).toBe(end);
        expect(view.payloadEnd).toBeGreaterThanOrEqual(view.payloadStart);
        expect(view.payloadEnd).toBeLessThanOrEqual(length);
        if (view.extensionProfile !== undefined) expect(view.extensionStart).toBeLessThanOrEqual(view.payloadStart);
      }),
      { numRuns: 2_000 },
    );
  });
});

const names = ['ssrc', 'payloadType', 'sequenceNumber', 'timestamp', 'marker'] as const;

function fieldsOf({ ssrc, payloadType, sequenceNumber, timestamp, marker }: RtpPacketView) {
  return { ssrc, payloadType, sequenceNumber, timestamp, marker };
}

function packet(
  fields: ReturnType<typeof fieldsOf>,
  csrcs = 0,
  extension: { readonly profile: number; readonly words: number } | undefined = undefined,
  payload = new Uint8Array(10),
  padding = 0,
): { bytes: Uint8Array; view: RtpPacketView } {
  const head = new Uint8Array(RTP_HEADER_BYTES);
  writeRtpHeader(head, fields.ssrc, fields.payloadType, fields);
  head[0] = 0x80 | csrcs | (extension === undefined ? 0 : 0x10) | (padding === 0 ? 0 : 0x20);
  const { profile = 0, words = 0 } = extension ?? {};
  const extensionHead = extension === undefined ? [] : [profile >> 8, profile & 0xff, words >> 8, words & 0xff];
  const bytes = Uint8Array.from([
    ...head,
    ...new Array<number>(csrcs * 4).fill(7),
    ...extensionHead,
    ...new Array<number>(words * 4).fill(8),
    ...payload,
    ...new Array<number>(Math.max(0, padding - 1)).fill(0),
    ...(padding === 0 ? [] : [padding]),
  ]);
  const view = new RtpPacketView();
  expect(view.read(bytes, bytes.length)).toBe(true);
  return { bytes, view };
}
