/** One event as it came from the server. */
export interface RawEvent {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** A transport of agents-realtime, as far as it tells what comes. */
export interface TellingTransport {
  on(type: string, listener: (event: RawEvent) => void): unknown;
}

/** Everything that came over one transport. */
export interface TransportLog {
  readonly events: readonly RawEvent[];
  /** Events that the client's own schemas refused, or do not know. */
  misfits(): readonly RawEvent[];
}

/**
 * Keeps what comes over a transport of agents-realtime. It tells every event to `*` listeners, and those that fit its schemas
 * directly afterwards under their type as well: an event that is not told twice is a misfit.
 */
export function logTransport(transport: TellingTransport, onEvent: () => void): TransportLog {
  const events: RawEvent[] = [];
  const untold = new Set<RawEvent>();
  const types = new Set<string>();
  let latest: RawEvent | undefined;
  transport.on('*', (event) => {
    latest = event;
    events.push(event);
    untold.add(event);
    if (!types.has(event.type)) {
      types.add(event.type);
      transport.on(event.type, () => {
        if (latest?.type === event.type) untold.delete(latest);
      });
    }
    onEvent();
  });
  return { events, misfits: () => [...untold] };
}
