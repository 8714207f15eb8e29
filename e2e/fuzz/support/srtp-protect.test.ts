import { expect, it } from 'vitest';
import { RtcpRrPacket, RtpHeader, RtpPacket, SrtcpSession, SrtpSession } from 'werift';
import { SrtpProtector } from './srtp-protect.ts';

const PROFILES = [
  { profile: 1, saltBytes: 14 },
  { profile: 7, saltBytes: 12 },
];

it.each(PROFILES)('protects so that another implementation takes it: profile $profile', ({ profile, saltBytes }) => {
  const keys = { profile, masterKey: Buffer.alloc(16, 7), masterSalt: Buffer.alloc(saltBytes, 9) };
  const ends = {
    localMasterKey: keys.masterKey,
    localMasterSalt: keys.masterSalt,
    remoteMasterKey: keys.masterKey,
    remoteMasterSalt: keys.masterSalt,
  };
  const protector = new SrtpProtector(keys);
  const header = new RtpHeader({ ssrc: 0x5eed, sequenceNumber: 40_000, timestamp: 960, payloadType: 111 });
  const rtp = new RtpPacket(header, Buffer.from('opus')).serialize();
  const receiver = new SrtpSession({ keys: ends, profile });
  expect(receiver.decrypt(protector.rtp(rtp)).toString('hex')).toBe(rtp.toString('hex'));
  const rtcp = new RtcpRrPacket({ ssrc: 0x5eed }).serialize();
  const reader = new SrtcpSession({ keys: ends, profile });
  for (const _ of [0, 1, 2]) {
    expect(reader.decrypt(protector.rtcp(rtcp)).toString('hex')).toBe(rtcp.toString('hex'));
  }
});
