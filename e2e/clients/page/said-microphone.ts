const RATE_HZ = 24_000;

/** A microphone without a machine: its stream is silent until something is said. */
export interface SaidMicrophone {
  readonly stream: MediaStream;
  /** Says mono PCM16 at 24 kHz, in base64; resolves when it is said. */
  say(base64: string): Promise<void>;
}

/** Makes a microphone that says what it is told to. */
export function saidMicrophone(): SaidMicrophone {
  const context = new AudioContext({ sampleRate: 48_000 });
  const destination = new MediaStreamAudioDestinationNode(context);
  // Without an input that never ends, the destination falls idle and gains delay.
  new ConstantSourceNode(context, { offset: 0 }).connect(destination);
  return {
    stream: destination.stream,
    say(base64) {
      const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
      const pcm = new Int16Array(bytes.buffer);
      const buffer = new AudioBuffer({ length: pcm.length, sampleRate: RATE_HZ });
      buffer.copyToChannel(
        Float32Array.from(pcm, (sample) => sample / 32_768),
        0,
      );
      const source = new AudioBufferSourceNode(context, { buffer });
      source.connect(destination);
      return new Promise((resolve) => {
        source.onended = () => resolve();
        source.start();
      });
    },
  };
}
