import { type PortRange, UdpTransport } from './udp-transport.ts';

const ranges = new WeakMap<object, PortRange>();

/**
 * Has the library open the UDP ports of its TURN clients as we do, where a range of ours was given to
 * {@link useTurnPorts}; `transport` is its class for them. By itself it looks for a free port first and opens it later:
 * whoever is faster ends the process. Throws `TypeError` for a class that is not known here.
 */
export function guardTurnPorts(transport: object): void {
  const init: unknown = Reflect.get(transport, 'init');
  if (typeof init !== 'function') throw new TypeError('The WebRTC library has no UDP transport that is known here');
  const guarded = (type: unknown, options?: unknown): unknown => {
    const range = ranges.get(fieldOf(options, 'portRange'));
    if (range === undefined) return Reflect.apply(init, transport, [type, options]);
    return bind(type === 'udp6' ? 6 : 4, range);
  };
  Object.defineProperty(transport, 'init', { value: guarded, writable: true, configurable: true });
}

/** Has the TURN clients of one ICE agent of the library take a port of `range`. */
export function useTurnPorts(agent: object, range: PortRange): void {
  ranges.set(range, range);
  Reflect.set(fieldOf(agent, 'options'), 'portRange', range);
}

/** What object is there; one that is nowhere else when there is none. */
function fieldOf(target: unknown, name: string): object {
  const field: unknown = typeof target === 'object' && target !== null ? Reflect.get(target, name) : undefined;
  return typeof field === 'object' && field !== null ? field : {};
}

async function bind(family: 4 | 6, range: PortRange): Promise<UdpTransport> {
  const transport = await UdpTransport.bind(family, range);
  transport.onDatagram = (datagram, host, port) => {
    try {
      transport.onData(datagram, [host, port]);
    } catch {
      // The library throws for what it cannot read: a datagram that is lost.
    }
  };
  return transport;
}
