import { RTCPeerConnection } from 'werift';
import type { MediaChannel, MediaConnection, MediaConnectionOptions } from '../connection/media-connection.ts';
import { createMediaConnection } from '../connection/werift-connection.ts';
import { systemClock } from './system-clock.ts';

/** Records the library counts twice after a handshake; see the connection, which steps over them as well. */
const RECORD_NUMBER_STEP = 32;
const LOOPBACK = ['127.0.0.1'];

/** How a {@link StockPeer} is connected. */
export interface StockPeerOptions {
  /** Which side the peer is in DTLS; default `client`. */
  readonly role?: 'client' | 'server';
  readonly connection?: Partial<MediaConnectionOptions>;
  /** Sees the peer after it was made and before it is connected. */
  readonly prepare?: (peer: RTCPeerConnection) => void;
  /** Changes the peer's description. */
  readonly describe?: (sdp: string) => string;
}

/** The WebRTC library as it is, on the other side of a connection of ours: a peer of whom a test controls every byte. */
export interface StockPeer {
  readonly connection: MediaConnection;
  readonly peer: RTCPeerConnection;
  /** Our end and the peer's end of the data channel. */
  readonly channel: MediaChannel;
  readonly raw: ReturnType<RTCPeerConnection['createDataChannel']>;
  readonly dtls: RTCPeerConnection['dtlsTransports'][number];
  readonly sctp: NonNullable<RTCPeerConnection['sctpTransport']>['sctp'];
  /** Where we are reached on the path in use. */
  readonly address: { readonly host: string; readonly port: number };
  /** Sends a datagram from the peer's own address. */
  send(datagram: Buffer): Promise<void>;
  close(): Promise<void>;
}

/** Connects a connection of ours with the library as it is; resolves when the data channel is there. */
export async function connectStockPeer(options: StockPeerOptions = {}): Promise<StockPeer> {
  const { role = 'client', prepare = () => {}, describe = (sdp: string) => sdp } = options;
  const peer = new RTCPeerConnection({
    bundlePolicy: 'max-bundle',
    iceServers: [],
    iceAdditionalHostAddresses: LOOPBACK,
  });
  const connection = createMediaConnection({
    clock: systemClock,
    additionalHostAddresses: LOOPBACK,
    dialCandidates: true,
    ...(role === 'server' ? { channels: ['control'] } : {}),
    ...options.connection,
  });
  const channel = new Promise<MediaChannel>((resolve) => connection.on('channel', resolve));
  const opened = new Promise<StockPeer['raw']>((resolve) => peer.onDataChannel.subscribe(resolve));
  try {
    peer.addTransceiver('audio');
    const raw = role === 'client' ? Promise.resolve(peer.createDataChannel('control')) : opened;
    prepare(peer);
    if (role === 'client') {
      await peer.setLocalDescription(await peer.createOffer());
      const answer = await connection.answerOffer(describe(peer.localDescription?.sdp ?? ''));
      stepOverRecordNumbers(peer);
      await peer.setRemoteDescription({ type: 'answer', sdp: answer });
    } else {
      await peer.setRemoteDescription({ type: 'offer', sdp: await connection.createOffer() });
      for (const transport of peer.dtlsTransports) transport.role = 'server';
      stepOverRecordNumbers(peer);
      await peer.setLocalDescription(await peer.createAnswer());
      await connection.acceptAnswer(describe(peer.localDescription?.sdp ?? ''));
    }
    await connection.whenConnected();
    return {
      connection,
      peer,
      channel: await channel,
      raw: await raw,
      ...transportsOf(peer),
      ...endingOf(connection, peer),
    };
  } catch (error) {
    await endingOf(connection, peer).close();
    throw error;
  }
}

/** What our end hears of the peer from now on, up to a last word the peer sends now. The connection must be up then. */
export async function heardBy({ connection, channel, raw }: StockPeer): Promise<readonly (string | Uint8Array)[]> {
  const heard: (string | Uint8Array)[] = [];
  const over = new Promise<void>((resolve) => {
    channel.receive((message) => {
      if (message === 'last word') resolve();
      else heard.push(message);
    });
  });
  raw.send('last word');
  await over;
  if (connection.state.name !== 'connected') throw new Error(`The connection is ${connection.state.name}`);
  return heard;
}

/** The DTLS records that the peer would have sent while `act` ran; nobody got them. */
export async function recordsOf({ dtls }: StockPeer, act: () => Promise<unknown>): Promise<readonly Buffer[]> {
  const { connection } = dtls.iceTransport;
  const { send } = connection;
  const records: Buffer[] = [];
  connection.send = async (record) => {
    records.push(record);
  };
  await act();
  connection.send = send;
  return records;
}

function transportsOf(peer: RTCPeerConnection) {
  const dtls = peer.dtlsTransports[0];
  const sctp = peer.sctpTransport?.sctp;
  const pair = dtls?.iceTransport.connection.nominated;
  if (dtls === undefined || sctp === undefined || pair === undefined) throw new Error('The peer has no transports');
  const [host, port] = pair.remoteAddr;
  return {
    dtls,
    sctp,
    address: { host, port },
    send: (datagram: Buffer) => pair.protocol.sendData(datagram, [host, port]),
  };
}

function endingOf(connection: MediaConnection, peer: RTCPeerConnection) {
  return {
    close: async () => {
      await Promise.all([connection.close(), peer.close()]);
    },
  };
}

/** Else one of its first messages would look like a replay to us. */
function stepOverRecordNumbers(peer: RTCPeerConnection): void {
  for (const transport of peer.dtlsTransports) {
    transport.onStateChange.subscribe((state) => {
      if (state === 'connected' && transport.dtls !== undefined)
        transport.dtls.dtls.recordSequenceNumber += RECORD_NUMBER_STEP;
    });
  }
}
