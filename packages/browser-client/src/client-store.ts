import { Emitter, type Unsubscribe } from '@voice-bridge/core';
import { type ClientInput, type ClientNotice, INITIAL_SNAPSHOT, stepClient } from './client-state.ts';
import type { VoiceEvents, VoiceSnapshot } from './voice-client.ts';

/** Holds a snapshot, runs the step and tells listeners: first those of the snapshot, then those of the events. */
export class ClientStore {
  readonly events: Emitter<VoiceEvents>;
  readonly #changes: Emitter<{ changed: [] }>;
  #snapshot: VoiceSnapshot;

  /** `onListenerError` hears of listeners that throw. */
  constructor(onListenerError: (error: unknown) => void, snapshot: VoiceSnapshot = INITIAL_SNAPSHOT) {
    this.events = new Emitter(onListenerError);
    this.#changes = new Emitter(onListenerError);
    this.#snapshot = snapshot;
  }

  get snapshot(): VoiceSnapshot {
    return this.#snapshot;
  }

  subscribe(listener: () => void): Unsubscribe {
    return this.#changes.on('changed', listener);
  }

  dispatch(input: ClientInput): void {
    const { snapshot, notices } = stepClient(this.#snapshot, input);
    this.replace(snapshot);
    for (const notice of notices) this.#tell(notice);
  }

  /** Puts another snapshot in place; listeners run when it is another one. */
  replace(snapshot: VoiceSnapshot): void {
    if (snapshot === this.#snapshot) return;
    this.#snapshot = snapshot;
    this.#changes.emit('changed');
  }

  #tell(notice: ClientNotice): void {
    switch (notice.name) {
      case 'transcript':
        this.events.emit('transcript', notice.line);
        break;
      case 'toolCall':
        this.events.emit('toolCall', notice.call);
        break;
      case 'stateChanged':
        this.events.emit('stateChanged', notice.state, notice.previous);
        break;
      case 'speech':
        this.events.emit('speech', notice.state);
        break;
      case 'warning':
        this.events.emit('warning', notice.error);
        break;
    }
  }
}
