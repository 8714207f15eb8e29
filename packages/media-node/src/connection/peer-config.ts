import { createCertificate } from './certificate.ts';
import { MAX_CHANNEL_MESSAGE_BYTES, type MediaConnectionOptions } from './media-connection.ts';

/** The library's numbers for the algorithm of our certificates. */
const ECDSA_WITH_SHA256 = { hash: 4, signature: 3 } as const;

/** Checks the ports to use. Throws `TypeError` unless they go from a lower to a higher one. */
export function requirePortRange({ portRange }: MediaConnectionOptions): void {
  if (portRange !== undefined && portRange[0] >= portRange[1]) {
    throw new TypeError(`portRange goes from a lower to a higher port, got ${portRange.join(' to ')}`);
  }
}

/** A certificate of its own, with its key, as the WebRTC library wants it. */
export function newIdentity() {
  return { ...createCertificate(Date.now()), signatureHash: ECDSA_WITH_SHA256 };
}

/** What the WebRTC library is told of `options`: one transport for all, a certificate of its own, one codec, no feedback, no header extension. */
export function peerConfig<Codec>(options: MediaConnectionOptions, opus: Codec) {
  const { iceServers = [], additionalHostAddresses } = options;
  return {
    bundlePolicy: 'max-bundle' as const,
    iceServers: iceServers.map(({ urls, username, credential }) => ({
      urls,
      ...(username === undefined ? {} : { username }),
      ...(credential === undefined ? {} : { credential }),
    })),
    codecs: { audio: [opus], video: [] },
    headerExtensions: { audio: [], video: [] },
    dtls: { keys: newIdentity() },
    maxMessageSize: MAX_CHANNEL_MESSAGE_BYTES,
    ...(additionalHostAddresses === undefined ? {} : { iceAdditionalHostAddresses: [...additionalHostAddresses] }),
  };
}

/** Whether one of the ICE servers is for STUN. Without one the library would ask Google's, for up to 5 s where it is out of reach. */
export function hasStunServer({ iceServers = [] }: MediaConnectionOptions): boolean {
  return iceServers.flatMap((server) => server.urls).some((url) => /^stuns?:/i.test(url.trim()));
}
