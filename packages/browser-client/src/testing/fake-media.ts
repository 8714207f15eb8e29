/** A track without a device: knows whether it is enabled and stopped. */
export class FakeTrack extends EventTarget implements MediaStreamTrack {
  readonly kind = 'audio';
  readonly id: string;
  readonly label: string;
  contentHint = '';
  enabled = true;
  muted = false;
  readyState: MediaStreamTrackState = 'live';
  onended = null;
  onmute = null;
  onunmute = null;

  constructor(label: string) {
    super();
    this.id = label;
    this.label = label;
  }

  stop(): void {
    this.readyState = 'ended';
  }

  /** Lets the system silence it, as a call does, or give it back. */
  silence(muted: boolean): void {
    this.muted = muted;
    this.dispatchEvent(new Event(muted ? 'mute' : 'unmute'));
  }

  clone(): FakeTrack {
    return new FakeTrack(this.label);
  }

  async applyConstraints(): Promise<void> {}

  getCapabilities(): MediaTrackCapabilities {
    return {};
  }

  getConstraints(): MediaTrackConstraints {
    return {};
  }

  getSettings(): MediaTrackSettings {
    return {};
  }
}

/** A stream of one {@link FakeTrack}. */
export class FakeStream extends EventTarget implements MediaStream {
  readonly id: string;
  readonly active = true;
  readonly #track: FakeTrack;
  onaddtrack = null;
  onremovetrack = null;

  constructor(track: FakeTrack) {
    super();
    this.id = track.id;
    this.#track = track;
  }

  getTracks(): MediaStreamTrack[] {
    return [this.#track];
  }

  getAudioTracks(): MediaStreamTrack[] {
    return [this.#track];
  }

  getVideoTracks(): MediaStreamTrack[] {
    return [];
  }

  getTrackById(id: string): MediaStreamTrack | null {
    return id === this.#track.id ? this.#track : null;
  }

  clone(): FakeStream {
    return new FakeStream(this.#track.clone());
  }

  addTrack(): void {}

  removeTrack(): void {}
}
