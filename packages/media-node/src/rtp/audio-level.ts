import { writeExtension } from './header-extensions.ts';

/** What names the audio level in SDP (RFC 6464 section 4). */
export const AUDIO_LEVEL_URI = 'urn:ietf:params:rtp-hdrext:ssrc-audio-level';
/** The level of digital silence, in -dBov. */
export const SILENT_LEVEL = 127;

const VOICE_BIT = 0x80;

/** How loud a packet is, as its sender measured it (RFC 6464 section 3): nobody has to decode it to know. */
export interface PacketLevel {
  /** From 0, the loudest, to 127, silence: the level below the loudest there is, in dB (RFC 6464's -dBov). */
  readonly audioLevel?: number | undefined;
  /** Whether the sender takes it for speech. */
  readonly voiceActivity?: boolean | undefined;
}

/** The level in the raw byte, 0 to 127 in -dBov. */
export function levelOfByte(byte: number): number {
  return byte & ~VOICE_BIT;
}

/** Whether the raw byte says that this is speech. */
export function isVoice(byte: number): boolean {
  return (byte & VOICE_BIT) !== 0;
}

/** Writes the level behind a plain RTP header that ends at `at`; says where the payload begins. */
export function writeAudioLevel(bytes: Uint8Array, at: number, id: number, level: PacketLevel): number {
  if (level.audioLevel === undefined) return at;
  const voice = level.voiceActivity === true ? VOICE_BIT : 0;
  return writeExtension(bytes, at, id, voice | Math.min(SILENT_LEVEL, Math.max(0, level.audioLevel)));
}

/** The level as W3C webrtc-stats gives it: linear, 1 is the loudest there is, 0 is silence. */
export function linearLevel(audioLevel: number): number {
  return audioLevel >= SILENT_LEVEL ? 0 : 10 ** (-audioLevel / 20);
}
