import { type Clock, TokenBucket } from '@voice-bridge/core';
import { catchAsync } from './catch-async.ts';
import { hasSoundSctpLengths } from './sctp-lengths.ts';
import { isWithinSctpLimits, type SctpAssociation } from './sctp-limits.ts';

/** The library's event: listeners in, listeners out. */
interface LibraryEvent<Arguments extends readonly unknown[]> {
  subscribe(listener: (...args: Arguments) => void): unknown;
  allUnsubscribe(): void;
}

/** What the guard reads and sets of the library's SCTP transport. */
export interface SctpTransport {
  readonly sctp: {
    readonly outboundQueue: readonly unknown[];
    readonly onReceive: LibraryEvent<[streamId: number, payloadProtocol: number, message: Buffer]>;
    readonly stateChanged: { readonly closed: Pick<LibraryEvent<[]>, 'subscribe'> };
  };
  /** Open and opening channels by their stream. */
  readonly dataChannels: Readonly<Record<number, unknown>>;
}

/** What a guarded transport tells. */
export interface SctpGuardOptions {
  readonly clock: Clock;
  /** Something was dropped; at most {@link WARNINGS} of them. */
  readonly warn: (error: unknown) => void;
  /** The association is over. */
  readonly closed: () => void;
}

/** Most data channels of one connection. */
export const MAX_CHANNELS = 32;
/** Channels the peer may open, at once and per second. */
const OPENINGS = [MAX_CHANNELS, 2] as const;
/** Warnings that are passed on, at once and per second: a peer must not fill our log. */
const WARNINGS = [8, 0.1] as const;
/** Chunks that wait to be sent while a channel may still be opened, which adds one. */
const MAX_QUEUED_CHUNKS = 1_024;
/** Bytes of a channel's label and of its protocol. */
const MAX_LABEL_BYTES = 256;
/** Payload protocols of data channels (RFC 8831 section 8): DCEP, text, binary, and both empty. */
const DCEP = 50;
const MESSAGES: readonly number[] = [51, 53, 56, 57];
const DATA_CHANNEL_ACK = 2;
const DATA_CHANNEL_OPEN = 3;
const OPEN_BYTES = 12;

/** Has every packet and message of the peer judged before the library sees it, and caught what the library would not catch. */
export function guardSctp(transport: SctpTransport, options: SctpGuardOptions): void {
  const { clock, closed } = options;
  const { sctp } = transport;
  const association = requireAssociation(sctp);
  const warnings = new TokenBucket(...WARNINGS, clock.now());
  const openings = new TokenBucket(...OPENINGS, clock.now());
  const warn = (error: unknown) => {
    if (warnings.take(clock.now())) options.warn(error);
  };
  const acceptsPacket = (packet: unknown) =>
    packet instanceof Uint8Array && hasSoundSctpLengths(packet) && isWithinSctpLimits(packet, association);
  const mayOpen = () => sctp.outboundQueue.length < MAX_QUEUED_CHUNKS && openings.take(clock.now());
  const acceptsMessage = (streamId: unknown, protocol: unknown, message: unknown) =>
    typeof streamId === 'number' &&
    typeof protocol === 'number' &&
    message instanceof Uint8Array &&
    isForChannel(
      { streamId, protocol, message: Buffer.from(message.buffer, message.byteOffset, message.length) },
      transport,
      mayOpen,
    );
  catchAsync(sctp, 'handleData', warn, acceptsPacket);
  catchAsync(transport, 'dataChannelFlush', warn);
  catchAsync(transport, 'datachannelReceive', warn, acceptsMessage);
  sctp.onReceive.allUnsubscribe();
  sctp.onReceive.subscribe((...args) => Reflect.get(transport, 'datachannelReceive')(...args));
  sctp.stateChanged.closed.subscribe(closed);
}

interface Message {
  readonly streamId: number;
  readonly protocol: number;
  readonly message: Buffer;
}

/** Whether the message is for a channel there is, or opens one there may be (RFC 8832 section 5). */
function isForChannel(
  { streamId, protocol, message }: Message,
  { dataChannels }: SctpTransport,
  mayOpen: () => boolean,
): boolean {
  const exists = Object.hasOwn(dataChannels, streamId);
  if (protocol !== DCEP) return MESSAGES.includes(protocol) && exists;
  if (message[0] === DATA_CHANNEL_ACK) return exists && message.length === 1;
  if (message[0] !== DATA_CHANNEL_OPEN || exists || message.length < OPEN_BYTES) return false;
  const [label, subprotocol] = [message.readUInt16BE(8), message.readUInt16BE(10)];
  if (label > MAX_LABEL_BYTES || subprotocol > MAX_LABEL_BYTES) return false;
  if (message.length !== OPEN_BYTES + label + subprotocol) return false;
  return Object.keys(dataChannels).length < MAX_CHANNELS && mayOpen();
}

/** The library's association as the guard knows it. Throws `TypeError` when it is another: a changed library must not lose its guard in silence. */
function requireAssociation(sctp: unknown): SctpAssociation {
  if (isAssociation(sctp)) return sctp;
  throw new TypeError('The WebRTC library has no SCTP association that is known here');
}

function isAssociation(sctp: unknown): sctp is SctpAssociation {
  if (typeof sctp !== 'object' || sctp === null) return false;
  const numbers = ['associationState', 'localTsn', 'advertisedRwnd'];
  return (
    numbers.every((name) => typeof Reflect.get(sctp, name) === 'number') &&
    Reflect.get(sctp, 'sackMisOrdered') instanceof Set &&
    typeof Reflect.get(sctp, 'inboundStreams') === 'object'
  );
}
