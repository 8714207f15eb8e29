import type { MediaConnectionFactory, MediaConnectionOptions } from '../connection/media-connection.ts';
import { type FakeLink, FakeMediaConnection, type FakeNetwork } from './fake-media-connection.ts';
import { ufragOf } from './fake-sdp.ts';

/**
 * Joins {@link FakeMediaConnection}s in memory: they find each other by the SDP that your signaling carries, as real
 * ones do. Data channels are perfect; audio goes over `link`, by default at once and in order.
 */
export class FakeMediaNetwork implements FakeNetwork {
  /** Every connection made here, oldest first. */
  readonly connections: FakeMediaConnection[] = [];
  readonly #byUfrag = new Map<string, FakeMediaConnection>();
  /** Takes the place of the network between any two connections; may be changed at any time. */
  link: FakeLink = (packet, deliver) => deliver(packet);
  /** Whether the data channels of connections from now on say that they are reliable. */
  hasReliableChannels = true;

  /** The factory to give to what is tested. */
  readonly createMediaConnection: MediaConnectionFactory = (options) => this.create(options);

  /** Makes one connection, with its fake face. */
  create(options: MediaConnectionOptions): FakeMediaConnection {
    const connection = new FakeMediaConnection(options, this, this.connections.length);
    this.connections.push(connection);
    this.#byUfrag.set(connection.ufrag, connection);
    return connection;
  }

  /** The connection that wrote this SDP; undefined for the SDP of anybody else. */
  authorOf(sdp: string): FakeMediaConnection | undefined {
    return this.#byUfrag.get(ufragOf(sdp) ?? '');
  }
}

/** Two connections of one network, connected to each other, with one data channel per label of `offerer.channels`. */
export async function connectFakePair(
  offererOptions: MediaConnectionOptions,
  answererOptions: MediaConnectionOptions,
): Promise<{ network: FakeMediaNetwork; offerer: FakeMediaConnection; answerer: FakeMediaConnection }> {
  const network = new FakeMediaNetwork();
  const offerer = network.create(offererOptions);
  const answerer = network.create(answererOptions);
  await offerer.acceptAnswer(await answerer.answerOffer(await offerer.createOffer()));
  await Promise.all([offerer.whenConnected(), answerer.whenConnected()]);
  return { network, offerer, answerer };
}
