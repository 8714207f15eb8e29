import { VoiceBridgeError } from '@voice-bridge/core';
import { closeNotifyRecord, type DtlsAssociation } from './close-notify.ts';

/** What of the library's DTLS transport its end is made of. */
export interface EndableTransport<Session> {
  readonly state: string;
  readonly dtls?: DtlsAssociation<Session>;
  readonly iceTransport: { readonly connection: { send(datagram: Buffer): Promise<void> } };
  start(): Promise<void>;
}

/** A DTLS flight number no handshake reaches: makes the library's retransmission loop end at its next wake-up. */
const NO_MORE_FLIGHTS = 255;

/** Ends DTLS for good: tells the other side at once, and lets no handshake of the library begin or go on. */
export async function endDtls<Session>(transport: EndableTransport<Session>): Promise<void> {
  // ICE may come up while we close: the library would begin a handshake on a closed connection.
  transport.start = () => Promise.reject(new VoiceBridgeError('aborted', 'The media connection was closed'));
  const { dtls, state, iceTransport } = transport;
  if (dtls === undefined) return;
  if (state === 'connected') await iceTransport.connection.send(closeNotifyRecord(dtls)).catch(() => {});
  // A flight that is still being sent, or answered, would set it back.
  Object.defineProperty(dtls.dtls, 'flight', { get: () => NO_MORE_FLIGHTS, set: () => {} });
}
