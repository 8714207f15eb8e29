import { describe, expect, it } from 'vitest';
import { RtpHeader, SrtcpSession, SrtpSession } from 'werift';
import { rtcpPacket, rtpPacket, SRTP_PROFILES, srtpKeys } from '../testing/srtp-packets.ts';
import type { SrtpKeys } from './srtp-keys.ts';
import { SrtpReceiver } from './srtp-receiver.ts';
import { SrtpSender } from './srtp-sender.ts';

const PROFILE_NUMBERS = { AES_CM_128_HMAC_SHA1_80: 1, AEAD_AES_128_GCM: 7 } as const;

/** The library's contexts with the same keys: its local ones are ours, its remote ones the peer's. */
function libraryConfig(local: SrtpKeys, remote: SrtpKeys): ConstructorParameters<typeof SrtpSession>[0] {
  return {
    profile: PROFILE_NUMBERS[local.profile],
    keys: {
      localMasterKey: Buffer.from(local.masterKey),
      localMasterSalt: Buffer.from(local.masterSalt),
      remoteMasterKey: Buffer.from(remote.masterKey),
      remoteMasterSalt: Buffer.from(remote.masterSalt),
    },
  };
}

describe.each(SRTP_PROFILES)('%s, beside the library', (profile) => {
  const [local, remote] = [srtpKeys(profile, 1), srtpKeys(profile, 2)];
  const library = libraryConfig(local, remote);

  it('protects RTP to the same bytes, over a wrap of the sequence numbers and at every length', () => {
    const ours = new SrtpSender(local);
    const theirs = new SrtpSession(library);
    for (let n = 0; n < 400; n++) {
      const { buffer, length } = rtpPacket(65_300 + n, 5 + (n % 3), n * 3);
      const plain = Buffer.from(buffer.subarray(0, length));
      const expected = theirs.encrypt(plain.subarray(12), RtpHeader.deSerialize(plain));
      const sealed = ours.protectRtp(buffer, length);
      expect(Buffer.from(buffer.subarray(0, sealed)).equals(expected), `packet ${n}`).toBe(true);
    }
  });

  it('opens what the library protected', () => {
    const ours = new SrtpReceiver(remote);
    const theirs = new SrtpSession(libraryConfig(remote, local));
    for (let n = 0; n < 400; n++) {
      const { buffer, length } = rtpPacket(65_300 + n, 5 + (n % 3), n * 3);
      const plain = Buffer.from(buffer.subarray(0, length));
      const sealed = theirs.encrypt(plain.subarray(12), RtpHeader.deSerialize(plain));
      expect(ours.unprotectRtp(sealed, sealed.length)).toBe(length);
      expect(sealed.subarray(0, length).equals(plain), `packet ${n}`).toBe(true);
    }
  });

  it('protects RTCP to the same bytes and opens the library’s', () => {
    const ours = new SrtpSender(local);
    const theirs = new SrtcpSession(library);
    const receiver = new SrtpReceiver(local);
    // The library leaves out index 0, which RFC 3711 section 3.4 begins with.
    const first = rtcpPacket();
    expect(ours.protectRtcp(first.buffer, first.length)).toBeGreaterThan(first.length);
    for (let n = 0; n < 100; n++) {
      const { buffer, length } = rtcpPacket(5, n);
      const plain = Buffer.from(buffer.subarray(0, length));
      const expected = theirs.encrypt(plain);
      const sealed = ours.protectRtcp(buffer, length);
      expect(Buffer.from(buffer.subarray(0, sealed)).equals(expected), `packet ${n}`).toBe(true);
      expect(receiver.unprotectRtcp(expected, expected.length)).toBe(length);
      expect(expected.subarray(0, length).equals(plain)).toBe(true);
    }
  });
});
