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

const isFlight = (flight: readonly Buffer[]) => flight.length >= 4;
const reversed = (flight: readonly Buffer[]) => flight.toReversed();
const lastFirst = (flight: readonly Buffer[]) => [...flight.slice(-1), ...flight.slice(0, -1)];

/** The library as a client cannot bear that its hello is answered twice: only longer flights. */
const twice = (flight: readonly Buffer[]) => (isFlight(flight) ? [...flight, ...flight] : flight);

/** Loses the last datagram of the first flight: all but it are repeated in vain. */
function losingLast(): (flight: readonly Buffer[]) => readonly Buffer[] {
  let lost = false;
  return (flight) => {
    if (lost || !isFlight(flight)) return flight;
    lost = true;
    return flight.slice(0, -1);
  };
}

describe.each(['client', 'server'] as const)('a handshake with a peer as DTLS %s', (role) => {
  it.each([
    ['backwards', () => reversed],
    ['with the last one first', () => lastFirst],
    ['twice', () => twice],
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
