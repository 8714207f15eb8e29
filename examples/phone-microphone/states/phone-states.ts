import type { PhoneTroubleCode } from '@voice-bridge/browser-client/phone';
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

const inTrouble = (code: PhoneTroubleCode) => () => {
  const phone = connected();
  phone.trouble(code);
  return phone;
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

/** Everything the phone's page can show, by name. */
export const PHONE_STATES: Readonly<Record<string, () => FakePhoneMicrophone>> = {
  idle: () => new FakePhoneMicrophone(),
  insecure: () => {
    const phone = new FakePhoneMicrophone();
    phone.trouble('insecure_context');
    return phone;
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
  denied: () => {
    const phone = inTrouble('microphone_denied')();
    phone.show({ microphone: 'unavailable', microphoneReason: 'microphone_denied' });
    return phone;
  },
  call: inTrouble('microphone_interrupted'),
  blocked: inTrouble('audio_blocked'),
  headset: inTrouble('devices_changed'),
  offline: inTrouble('offline'),
  removed: () => {
    const phone = connected();
    phone.remove();
    return phone;
  },
  closed: () => new FakePhoneMicrophone({ state: 'closed' }),
  failed: () =>
    new FakePhoneMicrophone({
      state: 'failed',
      error: new VoiceBridgeError('not_found', 'This code is not known', { hint: 'Make a new one at the desktop.' }),
    }),
};
