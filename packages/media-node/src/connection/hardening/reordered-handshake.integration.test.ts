import { afterEach, describe, expect, it } from 'vitest';
import { connectStockPeer, heardBy, type StockPeerOptions } from '../../testing/stock-peer.ts';

const closing: { close(): Promise<void> }[] = [];
afterEach(() => Promise.all(closing.splice(0).map((each) => each.close())));

type Prepare = NonNullable<StockPeerOptions['prepare']>;

/** Has the peer's datagrams of one turn go out in another order; `change` sees only DTLS ones. */
function sending(change: (flight: readonly Buffer[]) => readonly Buffer[]): Prepare {
  return (peer) => {
    for (const { iceTransport } of peer.dtlsTransports) {
      const { connection } = iceTransport;
      const { send } = connection;
      let flight: Buffer[] = [];
      connection.send = async (datagram) => {
        flight.push(datagram);
        if (flight.length > 1) return;
        setImmediate(() => {
          for (const each of change(flight)) void send(each);
          flight = [];
        });
      };
    }
  };
}

type Change = (flight: readonly Buffer[]) => readonly Buffer[];

const isFlight = (flight: readonly Buffer[]) => flight.length >= 4;

/** Changes the first flight of four messages or more, and loses those that follow: nothing is repeated. */
function firstFlight(change: Change): Change {
  let changed = false;
  return (flight) => {
    if (!isFlight(flight)) return flight;
    const sent = changed ? [] : change(flight);
    changed = true;
    return sent;
  };
}

/** Loses the last message of the first flight, which is then repeated as a whole. */
function losingLast(): Change {
  let lost = false;
  return (flight) => {
    if (lost || !isFlight(flight)) return flight;
    lost = true;
    return flight.slice(0, -1);
  };
}

describe.each(['client', 'server'] as const)('a handshake with a peer as DTLS %s', (role) => {
  it.each([
    ['backwards', () => firstFlight((flight) => flight.toReversed())],
    ['with the last one first', () => firstFlight((flight) => [...flight.slice(-1), ...flight.slice(0, -1)])],
    ['twice', () => firstFlight((flight) => [...flight, ...flight])],
    ['without the last one, at first', losingLast],
  ])(
    'is over soon when the messages of a flight come %s',
    async (_, change) => {
      const stock = await connectStockPeer({ role, prepare: sending(change()) });
      closing.push(stock);
      expect(await heardBy(stock)).toEqual([]);
    },
    5_000,
  );
});
