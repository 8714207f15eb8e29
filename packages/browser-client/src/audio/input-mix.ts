/** Stands between the microphone and what is sent, as a mix of several sources does. */
export interface InputMix {
  /** What is sent instead of the microphone. */
  readonly track: MediaStreamTrack;
  /** The microphone from now on; null: there is none. One that is stopped stays until there is another. */
  setMicrophone(stream: MediaStream | null): void;
  /** The assistant's sound from now on; null: there is none yet. One that ended stays until there is another. */
  setAssistant(stream: MediaStream | null): void;
}

/** What others than the user do with the sound of a client; what is left out is as if nobody did. */
export interface ClientSound {
  /** Is sent in the microphone's place. */
  readonly mix?: InputMix;
  /** How loud the assistant is here, a factor from 0 to 1; what the user mutes stays mute. */
  readonly speakerVolume?: number;
}
