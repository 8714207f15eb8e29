import { MessageChannel } from 'node:worker_threads';
import type { AudioPort } from './audio-port.ts';

/** The two ends of one line between the planes; what is sent before somebody listens waits. Closing one closes the other. */
export function createAudioPorts(): readonly [here: AudioPort, there: AudioPort] {
  const { port1, port2 } = new MessageChannel();
  return [port1, port2];
}
