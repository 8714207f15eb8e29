import type { RtpPacketView } from './rtp-packet.ts';
import { setUint16 } from './rtp-packet.ts';

/** The two forms of header extensions (RFC 8285 sections 4.2 and 4.3); the second one's low four bits are free. */
const ONE_BYTE_PROFILE = 0xbede;
const TWO_BYTE_PROFILE = 0x1000;
const TWO_BYTE_MASK = 0xfff0;
/** Elements from here on may not follow in the one-byte form. */
const STOP_ID = 15;
const MAX_ONE_BYTE_ID = 14;
const EXTENSION_BIT = 0x10;

/** Bytes that {@link writeExtension} writes at most. */
export const EXTENSION_BYTES = 8;

/**
 * The first byte of the extension element with this id (RFC 8285, either form); undefined when the packet has none, or an
 * empty one. One pass, never beyond the extension.
 */
export function readExtension(view: RtpPacketView, bytes: Uint8Array, id: number): number | undefined {
  const profile = view.extensionProfile;
  if (profile === undefined) return undefined;
  if (profile === ONE_BYTE_PROFILE) return oneByteForm(bytes, view.extensionStart, view.payloadStart, id);
  if ((profile & TWO_BYTE_MASK) !== TWO_BYTE_PROFILE) return undefined;
  return twoByteForm(bytes, view.extensionStart, view.payloadStart, id);
}

/**
 * Gives the packet whose plain header ends at `at` an extension of one element of one byte, and says where it ends. Ids from
 * 1 to 14 take the one-byte form, those to 255 the other.
 */
export function writeExtension(bytes: Uint8Array, at: number, id: number, value: number): number {
  bytes[0] = (bytes[0] ?? 0) | EXTENSION_BIT;
  const oneByte = id <= MAX_ONE_BYTE_ID;
  setUint16(bytes, at, oneByte ? ONE_BYTE_PROFILE : TWO_BYTE_PROFILE);
  setUint16(bytes, at + 2, 1);
  bytes[at + 4] = oneByte ? id << 4 : id;
  bytes[at + 5] = oneByte ? value : 1;
  bytes[at + 6] = oneByte ? 0 : value;
  bytes[at + 7] = 0;
  return at + EXTENSION_BYTES;
}

function oneByteForm(bytes: Uint8Array, start: number, end: number, id: number): number | undefined {
  let at = start;
  while (at < end) {
    const head = bytes[at] ?? 0;
    at++;
    if (head === 0) continue;
    const found = head >> 4;
    // An id of 0 that has a length, and 15, end the list (RFC 8285 section 4.2).
    if (found === 0 || found === STOP_ID) return undefined;
    const next = at + (head & 0x0f) + 1;
    if (next > end) return undefined;
    if (found === id) return bytes[at];
    at = next;
  }
  return undefined;
}

function twoByteForm(bytes: Uint8Array, start: number, end: number, id: number): number | undefined {
  let at = start;
  while (at < end) {
    const found = bytes[at] ?? 0;
    at++;
    if (found === 0) continue;
    const next = at + 1 + (bytes[at] ?? 0);
    if (at >= end || next > end) return undefined;
    if (found === id) return next > at + 1 ? bytes[at + 1] : undefined;
    at = next;
  }
  return undefined;
}
