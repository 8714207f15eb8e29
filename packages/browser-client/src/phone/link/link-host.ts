import type { PhoneStorage } from '../microphone/phone-place.ts';
import type { SignalingHost } from '../shared/signaling-host.ts';
import type { PhoneMixerFactory } from './phone-mixer.ts';

/** Everything a phone link needs of the desktop's page. Nothing is touched before the first `open()` or `invite()`. */
export interface LinkHost extends SignalingHost {
  readonly openMixer: PhoneMixerFactory;
  /** Origin of the page: where phones find theirs. */
  origin(): string;
  /** In ms since 1970. */
  wallClock(): number;
  /** Keeps things over a reload of the tab; null where nothing can be kept. */
  storage(): PhoneStorage | null;
  /** Draws a QR code of a text. */
  drawQr(text: string): Promise<readonly (readonly boolean[])[]>;
}
