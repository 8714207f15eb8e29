import { type MediaConnectionFactory, opusPacketDuration } from '@voice-bridge/media-node';
import type { FaultyLine } from './faulty-line.ts';

const TICKS_PER_MS = 48;

/** Connections like those of `create`, of whose audio only leaves what the line lets through. */
export function faultyConnections(create: MediaConnectionFactory, line: FaultyLine): MediaConnectionFactory {
  return (options) => {
    const inner = create(options);
    return {
      get state() {
        return inner.state;
      },
      on: (event, listener) => inner.on(event, listener),
      createOffer: () => inner.createOffer(),
      acceptAnswer: (sdp) => inner.acceptAnswer(sdp),
      answerOffer: (sdp) => inner.answerOffer(sdp),
      whenConnected: () => inner.whenConnected(),
      sendAudio(packet) {
        const durationMs = (opusPacketDuration(packet.payload) ?? 0) / TICKS_PER_MS;
        if (line.audio(durationMs)) inner.sendAudio(packet);
      },
      stats: () => inner.stats(),
      close: (error) => inner.close(error),
    };
  };
}
