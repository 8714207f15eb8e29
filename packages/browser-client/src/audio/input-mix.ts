/** Stands between the microphone and what is sent, as a mix of several sources does. */
export interface InputMix {
  /** What is sent instead of the microphone. */
  readonly track: MediaStreamTrack;
  /** The microphone from now on; null: there is none. */
  setMicrophone(stream: MediaStream | null): void;
  /** The assistant's sound from now on; null: there is none. */
  setAssistant(stream: MediaStream | null): void;
}

/** What others than the user do with the sound of a client. */
export interface ClientSound {
  /** Null: the microphone itself is sent. */
  readonly mix: InputMix | null;
  /** How loud the assistant is here, a factor from 0 to 1; what the user mutes stays mute. */
  readonly speakerVolume: number;
}

/** Nobody does anything. */
export const PLAIN_SOUND: ClientSound = { mix: null, speakerVolume: 1 };
