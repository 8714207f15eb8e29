import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readExtension } from './header-extensions.ts';
import { parseRtcp } from './rtcp-packet.ts';
import { RtpPacketView } from './rtp-packet.ts';

const CORPORA = process.env.VOICE_BRIDGE_CORPORA ?? '';
const AIORTC = join(CORPORA, 'aiortc-bin');
const MEDIASOUP = join(CORPORA, 'mediasoup-crashes');

describe('packets of other projects (VOICE_BRIDGE_CORPORA)', () => {
  it.skipIf(!existsSync(AIORTC))('of aiortc are read as it reads them', () => {
    const read = (name: string) => {
      const bytes = readFileSync(join(AIORTC, `${name}.bin`));
      const view = new RtpPacketView();
      expect(view.read(bytes, bytes.length)).toBe(true);
      const { payloadType, sequenceNumber, ssrc, marker } = view;
      return { payloadType, sequenceNumber, ssrc, marker, bytes: view.payloadEnd - view.payloadStart };
    };
    expect(read('rtp')).toEqual({
      payloadType: 0,
      sequenceNumber: 15_743,
      ssrc: 4_028_317_929,
      marker: false,
      bytes: 160,
    });
    expect(read('rtp_dtmf')).toMatchObject({ payloadType: 101, marker: true, bytes: 4 });
    expect(read('rtp_with_csrc')).toMatchObject({ payloadType: 0, bytes: 160 });
    expect(read('rtp_only_padding')).toMatchObject({ bytes: 0 });
    expect(read('rtp_only_padding_with_header_extensions')).toMatchObject({ bytes: 0 });
    expect(read('rtp_with_sdes_mid')).toMatchObject({ payloadType: 111 });
  });

  it.skipIf(!existsSync(MEDIASOUP))('that crashed mediasoup, cut off anywhere, make nothing throw', () => {
    const files = readdirSync(MEDIASOUP).filter((name) => name !== 'LICENSE');
    expect(files.length).toBeGreaterThan(10);
    const view = new RtpPacketView();
    for (const file of files) {
      const bytes = readFileSync(join(MEDIASOUP, file));
      for (let length = 0; length <= Math.min(bytes.length, 1_500); length++) {
        expect(parseRtcp(bytes, length).ok).toBeTypeOf('boolean');
        if (!view.read(bytes, length)) continue;
        expect(view.payloadEnd).toBeLessThanOrEqual(length);
        for (let id = 1; id < 16; id++) readExtension(view, bytes, id);
      }
    }
  });
});
