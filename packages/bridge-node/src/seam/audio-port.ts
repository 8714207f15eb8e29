/** One end of a PCM participant's audio line between the planes: what a `MessagePort` does, so that buffers can be handed over without copying. */
export interface AudioPort {
  postMessage(message: unknown, transfer?: readonly ArrayBuffer[]): void;
  on(event: 'message', listener: (message: unknown) => void): unknown;
  on(event: 'close', listener: () => void): unknown;
  close(): void;
}
