import type { VoiceSnapshot } from '@voice-bridge/browser-client';
import { VoiceBridgeError } from '@voice-bridge/core';
import { FakePhoneLink } from '@voice-bridge/react-hooks/testing';

const SIZE = 41;
const QUIET_ZONE = 4;
/** Looks like a code to scan, and is none. */
const PICTURE = Array.from({ length: SIZE }, (_, y) =>
  Array.from({ length: SIZE }, (_, x) => isInside(x) && isInside(y) && (x * 7 + y * 13 + x * y * 3) % 5 < 2),
);

/** A link whose invitations have a picture and are good for so long, in ms. */
class StatesLink extends FakePhoneLink {
  readonly #lifetimeMs: number;

  constructor(lifetimeMs = 120_000) {
    super({ state: 'open' });
    this.#lifetimeMs = lifetimeMs;
  }

  override async invite(...wanted: Parameters<FakePhoneLink['invite']>) {
    const invite = await super.invite(...wanted);
    return { ...invite, qr: PICTURE, expiresAt: Date.now() + this.#lifetimeMs };
  }
}

const connected = () => {
  const link = new StatesLink();
  link.showPhone({ peerId: 'mobile', name: 'Pixel 9', roundTripMs: 24, battery: 0.81 });
  link.hear('mobile', 0.1);
  link.hear('desktop', 0.02);
  return link;
};

/** Everything the desktop's page can show of phones, by name. An invitation is asked for by its button. */
export const DESKTOP_STATES: Readonly<Record<string, () => FakePhoneLink>> = {
  none: () => new StatesLink(),
  expired: () => new StatesLink(0),
  waiting: () => {
    const link = new StatesLink();
    link.showPhone({ peerId: 'mobile', state: 'waiting', path: null, name: 'iPhone' });
    return link;
  },
  connected,
  three: () => {
    const link = connected();
    link.showPhone({
      peerId: 'mobile-2',
      path: 'bridge',
      muted: true,
      mutedBy: 'phone',
      gain: 2,
      name: 'The old tablet in the living room',
    });
    link.showPhone({ peerId: 'mobile-3', state: 'reconnecting', path: null });
    link.showPhone({ peerId: 'mobile-4', state: 'waiting', path: null });
    link.select('mobile');
    return link;
  },
  // The phone that was heard alone is gone.
  silent: () => {
    const link = new StatesLink();
    link.setMuted('desktop', true);
    return link;
  },
  // The link ended while this computer was silent in it.
  muted: () => new FakePhoneLink(),
  failed: () =>
    new FakePhoneLink({
      state: 'failed',
      error: new VoiceBridgeError('bridge_unreachable', 'The bridge did not answer', { hint: 'Check the network.' }),
    }),
};

/** What is different with the session of such a state. */
export const DESKTOP_VOICES: Readonly<Record<string, Partial<VoiceSnapshot>>> = {
  muted: { microphone: 'muted', muted: true },
};

function isInside(at: number): boolean {
  return at >= QUIET_ZONE && at < SIZE - QUIET_ZONE;
}
