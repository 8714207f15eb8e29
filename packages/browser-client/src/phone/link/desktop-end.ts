import type { EventSource, PhoneId, Unsubscribe, VoiceBridgeError } from '@voice-bridge/core';
import type { PhonePath } from '../microphone/phone-end.ts';

/** Something the mix is made of: the desktop's own microphone, or a phone. */
export type MixSource = 'desktop' | PhoneId;

/** What the desktop's speaker does while a phone is used as microphone: it would be heard again through that one. */
export type SpeakerWhilePhone = 'duck' | 'mute' | 'leave';

/**
 * One phone of a desktop. `invited`: nobody came yet. `waiting`: came, and is not accepted. `away`: was there, and may come back
 * by itself. `connected` with the path `bridge`: takes part on its own, beside the desktop.
 */
export interface PhoneView {
  readonly peerId: PhoneId;
  readonly state: 'invited' | 'waiting' | 'connecting' | 'connected' | 'reconnecting' | 'away';
  /** How its sound gets here; null while it does not. */
  readonly path: PhonePath | null;
  /** Whether its microphone is silent, whoever muted it. */
  readonly muted: boolean;
  /** Who muted it; `desktop` where both did, as that is what can be undone here. Null: nobody. */
  readonly mutedBy: 'phone' | 'desktop' | null;
  /** Factor on its sound, 0 to 4; 1 is as it is. */
  readonly gain: number;
  /** There and back, in ms; null while unknown. */
  readonly roundTripMs: number | null;
  /** 0 to 1; null while it does not say. */
  readonly battery: number | null;
  /** As it calls itself. */
  readonly name: string | null;
  /** The phone as a speaker; null while it does not say. */
  readonly speaker: { readonly muted: boolean; readonly volume: number } | null;
}

/** Everything a desktop's page shows of its phones, as one object that is replaced when something changed and only then. */
export interface PhoneLinkSnapshot {
  /** Where the desktop's own signaling is. `failed` and `closed` are left by another `open()`. */
  readonly state: 'closed' | 'connecting' | 'open' | 'failed';
  /** In the order of their peer ids. */
  readonly phones: readonly PhoneView[];
  /** Whose voice is in the mix: everybody's, or one microphone's alone. */
  readonly selected: 'all' | MixSource;
  readonly desktop: { readonly muted: boolean; readonly gain: number };
  /** Whether phones hear the desktop's microphone. */
  readonly sendsMicrophoneToPhone: boolean;
  /** Why the state is `failed`; null otherwise. */
  readonly error: VoiceBridgeError | null;
}

/** What a phone needs to join: shown as a code to scan and as letters to type, both good once. */
export interface PhoneInvite {
  /** The phone page, with the token in its fragment. */
  readonly url: string;
  /** `XXXX-XXXX`. */
  readonly code: string;
  readonly peerId: PhoneId;
  /** In ms since 1970. */
  readonly expiresAt: number;
  /** The url as a QR code: rows of modules, true is dark, a quiet zone around. */
  readonly qr: readonly (readonly boolean[])[];
}

/** What a {@link DesktopEnd} tells besides its snapshot. */
export type PhoneLinkEvents = {
  /** Something failed and the link goes on. */
  warning: [error: VoiceBridgeError];
};

/** What pages and hooks use: implemented by `PhoneLink` and, for tests, by `FakePhoneLink`. */
export interface DesktopEnd extends EventSource<PhoneLinkEvents> {
  /** The same object until something changed. */
  getSnapshot(): PhoneLinkSnapshot;
  /** Runs `listener` after every change of the snapshot. */
  subscribe(listener: () => void): Unsubscribe;
  /**
   * Lets phones come, those of before a reload among them; call it in a click or key press, so that the page may mix sound.
   * Resolves when they can; rejects with a `VoiceBridgeError`. While open or opening it gives the running attempt.
   */
  open(): Promise<void>;
  /**
   * Ends the link to every phone; they may come back when it is opened again. A desktop that was silent in the mix is muted in the
   * client from then on, also when the link fails. Idempotent. Never rejects.
   */
  close(): Promise<void>;
  /** Makes a token and a code for a phone (left out: the first free one), opening the link where it is not. Rejects with a `VoiceBridgeError`. */
  invite(peerId?: PhoneId): Promise<PhoneInvite>;
  /** Lets a phone in that waits. */
  accept(peerId: PhoneId): Promise<void>;
  /** Turns a phone away that waits: the same as {@link remove}. */
  refuse(peerId: PhoneId): Promise<void>;
  /** Takes a phone, or an invitation, out for good: its credential is dead. */
  remove(peerId: PhoneId): Promise<void>;
  /** Changes a source's gain, 0 to 4. Throws `RangeError` outside. */
  setGain(source: MixSource, gain: number): void;
  /** Mutes a source. A phone that muted itself stays so when it is unmuted here, and one that is muted here cannot undo that. */
  setMuted(source: MixSource, muted: boolean): void;
  /** Lets one source alone be heard, or all. */
  select(source: 'all' | MixSource): void;
  /** Whether phones hear the desktop's microphone. */
  setSendMicrophoneToPhone(send: boolean): void;
  /**
   * Changes how loud a phone plays, a factor from 0 to 1, and whether it plays at all; one that is not connected straight to here does so
   * when it is. Throws `RangeError` outside.
   */
  setPhoneSpeaker(peerId: PhoneId, speaker: { readonly muted: boolean; readonly volume: number }): void;
  /** How loud a source is now, 0 to 1, before its gain; 0 while it is not there. Ask for it when painting. */
  level(source: MixSource): number;
  /** How loud a phone plays, 0 to 1, as it tells twice a second; 0 while it is muted, hidden or not connected straight to here. */
  speakerLevel(peerId: PhoneId): number;
}

/** The snapshot of a link that was never opened, and the one servers render. */
export const INITIAL_LINK_SNAPSHOT: PhoneLinkSnapshot = {
  state: 'closed',
  phones: [],
  selected: 'all',
  desktop: { muted: false, gain: 1 },
  sendsMicrophoneToPhone: false,
  error: null,
};
