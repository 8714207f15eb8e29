import type { MicrophoneReason } from '@voice-bridge/browser-client';
import type { PhoneInvitation, PhoneMicrophoneSnapshot, PhoneTroubleCode } from '@voice-bridge/browser-client/phone';
import { VoiceBridgeError } from '@voice-bridge/core';
import { FakePhoneMicrophone } from '@voice-bridge/react-hooks/testing';
import { LINES } from './lines.ts';

const connected = () => {
  const phone = new FakePhoneMicrophone({
    conversationId: 'kitchen',
    peerId: 'mobile',
    microphone: 'live',
    transcript: LINES,
    assistant: 'speaking',
    quality: { roundTripMs: 24, lossShare: 0 },
  });
  phone.loudness = 0.1;
  phone.connect('direct');
  return phone;
};

const inTrouble =
  (code: PhoneTroubleCode, fields: Partial<PhoneMicrophoneSnapshot> = {}) =>
  () => {
    const phone = connected();
    phone.show(fields);
    phone.trouble(code);
    return phone;
  };

const withoutMicrophone = (reason: PhoneTroubleCode & MicrophoneReason) =>
  inTrouble(reason, { microphone: 'unavailable', microphoneReason: reason });

/** What can be in the way: a code that is left out does not compile. */
const TROUBLES: Readonly<Record<PhoneTroubleCode, () => FakePhoneMicrophone>> = {
  insecure_context: withoutMicrophone('insecure_context'),
  webrtc_unsupported: inTrouble('webrtc_unsupported', {
    state: 'failed',
    microphone: 'off',
    error: new VoiceBridgeError('webrtc_unsupported', 'This browser cannot be a microphone'),
  }),
  microphone_denied: withoutMicrophone('microphone_denied'),
  microphone_not_found: withoutMicrophone('microphone_not_found'),
  microphone_in_use: withoutMicrophone('microphone_in_use'),
  microphone_failed: withoutMicrophone('microphone_failed'),
  microphone_interrupted: inTrouble('microphone_interrupted'),
  audio_blocked: inTrouble('audio_blocked'),
  audio_interrupted: inTrouble('audio_interrupted'),
  offline: inTrouble('offline', { state: 'reconnecting' }),
  desktop_away: inTrouble('desktop_away', { state: 'waiting' }),
  session_away: inTrouble('session_away', { session: 'failed' }),
  page_hidden: inTrouble('page_hidden'),
  page_frozen: inTrouble('page_frozen'),
  devices_changed: inTrouble('devices_changed'),
  screen_may_lock: inTrouble('screen_may_lock'),
};

/** A phone whose microphone is unplugged while its button is held, and back when it is let go. */
class UnpluggedPhone extends FakePhoneMicrophone {
  override hold(): void {
    super.hold();
    this.show({ microphone: 'unavailable', microphoneReason: 'microphone_not_found' });
  }

  override release(): void {
    this.show({ microphone: 'live', microphoneReason: null });
    super.release();
  }
}

/** A phone that was loaded again while the bridge was away: its first attempt to go on fails, and the next one does not. */
class ReloadedPhone extends FakePhoneMicrophone {
  override stored = true;
  override refusal: VoiceBridgeError | null = new VoiceBridgeError(
    'bridge_unreachable',
    'The bridge could not be reached',
  );

  override async join(invitation: PhoneInvitation): Promise<void> {
    await super.join(invitation).finally(() => {
      this.refusal = null;
    });
  }
}

/** Everything the phone's page can show, by name. */
export const PHONE_STATES: Readonly<Record<string, () => FakePhoneMicrophone>> = {
  idle: () => new FakePhoneMicrophone(),
  insecure: () => {
    // As a browser says of a page that came over http.
    Object.defineProperty(globalThis, 'isSecureContext', { value: false });
    return new FakePhoneMicrophone();
  },
  joining: () => new FakePhoneMicrophone({ state: 'joining', microphone: 'prompting' }),
  waiting: () => new FakePhoneMicrophone({ state: 'waiting', microphone: 'live' }),
  connecting: () => new FakePhoneMicrophone({ state: 'connecting', microphone: 'live' }),
  connected,
  muted: () => {
    const phone = connected();
    phone.setMuted(true);
    return phone;
  },
  holding: () => {
    const phone = connected();
    phone.setMuted(true);
    phone.hold();
    return phone;
  },
  silenced: () => {
    const phone = connected();
    phone.show({ microphone: 'muted', mutedBy: 'desktop' });
    return phone;
  },
  turns: () => {
    const phone = connected();
    phone.show({ microphone: 'muted', pushToTalk: 'ready' });
    return phone;
  },
  talking: () => {
    const phone = connected();
    phone.show({ pushToTalk: 'ready' });
    phone.hold();
    return phone;
  },
  silent: () => {
    const phone = connected();
    phone.setSpeakerMuted(true);
    phone.show({ path: 'relayed', quality: { roundTripMs: 180, lossShare: 0.03 }, transcript: [] });
    return phone;
  },
  bridge: () => {
    const phone = connected();
    phone.show({ path: 'bridge', quality: { roundTripMs: 420, lossShare: 0.12 } });
    return phone;
  },
  reconnecting: () => {
    const phone = connected();
    phone.show({ state: 'reconnecting' });
    return phone;
  },
  unplugged: () => {
    const phone = new UnpluggedPhone({ microphone: 'live', conversationId: 'kitchen', peerId: 'mobile' });
    phone.connect();
    phone.setMuted(true);
    return phone;
  },
  ...TROUBLES,
  removed: () => {
    const phone = connected();
    phone.remove();
    return phone;
  },
  reloaded: () => new ReloadedPhone(),
  closed: () => new FakePhoneMicrophone({ state: 'closed' }),
  failed: () =>
    new FakePhoneMicrophone({
      state: 'failed',
      error: new VoiceBridgeError('not_found', 'This code is not known', { hint: 'Make a new one at the desktop.' }),
    }),
};
