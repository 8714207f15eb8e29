export { type Certificate, type CertificateOptions, createCertificate } from './connection/certificate.ts';
export {
  type DialPolicy,
  type InboundAudio,
  MAX_CHANNEL_MESSAGE_BYTES,
  type MediaChannel,
  type MediaConnection,
  type MediaConnectionEvents,
  type MediaConnectionFactory,
  type MediaConnectionOptions,
  type MediaConnectionState,
  type MediaConnectionStats,
  type OutboundAudio,
} from './connection/media-connection.ts';
export { type OfferSummary, validateAnswer, validateOffer } from './connection/sdp-limits.ts';
export { createMediaConnection, warmUpMediaConnections } from './connection/werift-connection.ts';
export { loadOpusCodec } from './opus/evan-opus-wasm.ts';
export type {
  OpusCodec,
  OpusDecoder,
  OpusEncoder,
  OpusEncoderOptions,
  OpusSampleRate,
} from './opus/opus-codec.ts';
export type { PacketLevel } from './rtp/audio-level.ts';
export { MAX_OPUS_PACKET_SAMPLES, opusPacketDuration } from './rtp/opus-toc.ts';
export { RtpForwarder } from './rtp/rtp-forwarder.ts';
export { OPUS_SILENCE, SilenceFill } from './rtp/silence-fill.ts';
