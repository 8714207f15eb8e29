import type { MixSource, PhonePath, PhoneView } from '@voice-bridge/browser-client/phone';

/** What a source is called: as the phone calls itself, and by its number from the second on, since two may be alike. */
export function nameOf(source: MixSource, name: string | null = null): string {
  if (source === 'desktop') return 'This computer';
  const number = source.split('-')[1];
  return number === undefined ? (name ?? 'Phone') : `${name ?? 'Phone'} ${number}`;
}

/** Where a phone is, in words. */
export const STATE: Readonly<Record<PhoneView['state'], string>> = {
  invited: 'Waiting for the phone to scan the code',
  waiting: 'Wants to come in',
  connecting: 'Connecting…',
  connected: 'Connected',
  reconnecting: 'Connection lost, comes back by itself…',
  away: 'Away; it may come back by itself',
};

/** Which way a phone's sound goes, in words. */
export const PATH: Readonly<Record<PhonePath, string>> = {
  direct: 'straight to this computer',
  relayed: 'through a relay, encrypted end to end',
  bridge: 'through the server, as no direct way was found',
};

/** Everything that is known of a connected phone's line. */
export function describeLine({ path, roundTripMs, battery }: PhoneView): string {
  const parts = [
    path === null ? '' : PATH[path],
    roundTripMs === null ? '' : `${Math.round(roundTripMs)} ms there and back`,
    battery === null ? '' : `battery ${Math.round(battery * 100)} %`,
  ];
  return parts.filter((part) => part !== '').join(' · ');
}

/** `1:05` for 65 seconds. */
export function clockOf(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
