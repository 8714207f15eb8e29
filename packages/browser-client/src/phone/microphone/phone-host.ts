import type { Microphone } from '../../audio/microphone.ts';
import type { RtcConnectionFactory } from '../../rtc/rtc-connection.ts';
import type { SignalingHost } from '../shared/signaling-host.ts';
import type { PhoneAudioFactory } from './phone-audio.ts';
import type { PhonePage } from './phone-page.ts';
import type { PhoneStorage } from './phone-place.ts';

/** Everything a phone end needs of the phone it runs on. Nothing is touched before the first `join()` but the storage. */
export interface PhoneHost extends SignalingHost {
  readonly microphone: Microphone;
  /** Connects to a bridge, where no path leads to the desktop. */
  readonly openRtc: RtcConnectionFactory;
  readonly openAudio: PhoneAudioFactory;
  readonly page: PhonePage;
  /** Where a credential outlives a reload; null where the browser has no such place. */
  storage(): PhoneStorage | null;
}
