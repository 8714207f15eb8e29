import { catchAsync } from './catch-async.ts';
import { hasSoundSctpLengths } from './sctp-lengths.ts';

/** The library's event: listeners in, listeners out. */
interface LibraryEvent<Arguments extends readonly unknown[]> {
  subscribe(listener: (...args: Arguments) => void): unknown;
  allUnsubscribe(): void;
}

/** What the guard reads and sets of the library's SCTP transport. */
export interface SctpTransport {
  readonly sctp: {
    readonly onReceive: LibraryEvent<[streamId: number, payloadProtocol: number, message: Buffer]>;
    readonly stateChanged: { readonly closed: Pick<LibraryEvent<[]>, 'subscribe'> };
  };
}

/** Has every packet of the peer judged before the library's SCTP sees it, and caught what the library would not catch. */
export function guardSctp(
  transport: SctpTransport,
  hooks: { readonly warn: (error: unknown) => void; readonly closed: () => void },
): void {
  const { warn, closed } = hooks;
  catchAsync(transport.sctp, 'handleData', warn, hasSoundSctpLengths);
  catchAsync(transport, 'dataChannelFlush', warn);
  catchAsync(transport, 'datachannelReceive', warn);
  transport.sctp.onReceive.allUnsubscribe();
  transport.sctp.onReceive.subscribe((...args) => Reflect.get(transport, 'datachannelReceive')(...args));
  transport.sctp.stateChanged.closed.subscribe(closed);
}
