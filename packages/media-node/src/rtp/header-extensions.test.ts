import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isVoice, levelOfByte, linearLevel, writeAudioLevel } from './audio-level.ts';
import { EXTENSION_BYTES, readExtension, writeExtension } from './header-extensions.ts';
import { RTP_HEADER_BYTES, RtpPacketView, writeRtpHeader } from './rtp-packet.ts';

const ONE_BYTE = 0xbede;
const TWO_BYTE = 0x1000;
const FIELDS = { sequenceNumber: 1, timestamp: 2, marker: false };

/** A packet with these extension bytes, padded to whole words, and one byte of payload. */
function withExtension(profile: number, elements: readonly number[]): { bytes: Uint8Array; view: RtpPacketView } {
  const words = Math.ceil(elements.length / 4);
  const bytes = new Uint8Array(RTP_HEADER_BYTES + 4 + words * 4 + 1).fill(0);
  writeRtpHeader(bytes, 1, 111, FIELDS);
  bytes.set([0x90]);
  bytes.set([profile >> 8, profile & 0xff, words >> 8, words & 0xff, ...elements], RTP_HEADER_BYTES);
  bytes[bytes.length - 1] = 0xf8;
  const view = new RtpPacketView();
  expect(view.read(bytes, bytes.length)).toBe(true);
  return { bytes, view };
}

function read(profile: number, elements: readonly number[], id: number): number | undefined {
  const { bytes, view } = withExtension(profile, elements);
  return readExtension(view, bytes, id);
}

describe('header extensions', () => {
  it('are found in either form, behind others and behind padding', () => {
    const element = fc.record({
      id: fc.integer({ min: 1, max: 14 }),
      data: fc.uint8Array({ minLength: 1, maxLength: 16 }),
    });
    const elements = fc.uniqueArray(element, { selector: ({ id }) => id, maxLength: 10 });
    fc.assert(
      fc.property(elements, fc.nat(15), fc.nat(3), (list, freeBits, gap) => {
        const padding = new Array<number>(gap).fill(0);
        const oneByte = list.flatMap(({ id, data }) => [...padding, (id << 4) | (data.length - 1), ...data]);
        const twoByte = list.flatMap(({ id, data }) => [...padding, id, data.length, ...data]);
        for (const id of Array.from({ length: 16 }, (_, index) => index)) {
          const wanted = list.find((one) => one.id === id)?.data[0];
          expect(read(ONE_BYTE, oneByte, id)).toBe(wanted);
          expect(read(TWO_BYTE | freeBits, twoByte, id)).toBe(wanted);
        }
      }),
    );
  });

  it.each([
    ['an element that runs out of the extension', ONE_BYTE, [0x12, 9, 0x20, 7], 2],
    ['what follows an element with id 15', ONE_BYTE, [0xf0, 1, 0x10, 7], 1],
    ['what follows an element with id 0 and a length', ONE_BYTE, [0x01, 1, 0x10, 7], 1],
    ['an empty element', TWO_BYTE, [1, 0, 0, 0], 1],
    ['an element whose length is cut off', TWO_BYTE, [0, 0, 0, 1], 1],
    ['an element longer than the rest', TWO_BYTE, [1, 3, 9, 9], 1],
    ['another profile', 0x4711, [0x10, 7, 0, 0], 1],
  ] as const)('do not give %s', (_, profile, elements, id) => {
    expect(read(profile, elements, id)).toBeUndefined();
  });

  it('are written so that they are read back under the id of each leg', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 255 }),
        fc.integer({ min: 1, max: 255 }),
        fc.nat(255),
        (from, to, value) => {
          for (const id of [from, to]) {
            const bytes = new Uint8Array(64).fill(0xee);
            const end = writeExtension(bytes, writeRtpHeader(bytes, 1, 111, FIELDS), id, value);
            expect(end).toBe(RTP_HEADER_BYTES + EXTENSION_BYTES);
            const view = new RtpPacketView();
            expect(view.read(bytes, 40)).toBe(true);
            expect(view.payloadStart).toBe(end);
            expect(readExtension(view, bytes, id)).toBe(value);
          }
        },
      ),
    );
  });

  it('never throw, whatever the bytes', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(ONE_BYTE, TWO_BYTE, 0),
        fc.array(fc.nat(255)),
        fc.nat(255),
        (profile, elements, id) => {
          // The last element may reach into the padding, which is zeros.
          const known = [undefined, 0, ...elements];
          expect(known).toContain(read(profile, elements, id));
        },
      ),
    );
  });
});

describe('the audio level', () => {
  it('goes into a packet and comes out of it', () => {
    fc.assert(
      fc.property(fc.nat(127), fc.boolean(), (audioLevel, voiceActivity) => {
        const bytes = new Uint8Array(40);
        writeAudioLevel(bytes, writeRtpHeader(bytes, 1, 111, FIELDS), 3, { audioLevel, voiceActivity });
        const view = new RtpPacketView();
        view.read(bytes, bytes.length);
        const byte = readExtension(view, bytes, 3) ?? -1;
        expect([levelOfByte(byte), isVoice(byte)]).toEqual([audioLevel, voiceActivity]);
      }),
    );
  });

  it('is left out when nobody measured it', () => {
    const bytes = new Uint8Array(40);
    const at = writeRtpHeader(bytes, 1, 111, FIELDS);
    expect(writeAudioLevel(bytes, at, 3, {})).toBe(at);
    expect(bytes[0]).toBe(0x80);
  });

  it('is linear in statistics: 0 dBov is 1, -20 dBov a tenth, silence nothing', () => {
    expect([0, 20, 127].map(linearLevel)).toEqual([1, 0.1, 0]);
  });
});
