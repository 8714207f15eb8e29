import {
  type Clock,
  MAX_SIGNALING_LENGTH,
  type PeerId,
  parsePeerId,
  TokenBucket,
  VoiceBridgeError,
} from '@voice-bridge/core';
import type { Access } from '../http/access.ts';
import { readTextBody } from '../http/read-body.ts';
import { askerOf, requireSame, watchCaller } from '../http/reauthorize.ts';
import type { Endpoints, RequestFacts } from '../http/routes.ts';
import { RateLimited } from '../limits/rate-limited.ts';
import type { SubjectCounts } from '../limits/subject-counts.ts';
import { type PeerPorts, requirePeer } from './require-peer.ts';
import type { JoinedPeer } from './signaling-relays.ts';
import { MESSAGES_PER_SECOND, maxQueuedBytes } from './signaling-route.ts';
import { SignalingStream } from './signaling-stream.ts';

/** What signaling over plain HTTP runs on. */
export interface SignalingPorts extends PeerPorts {
  readonly access: Access;
  /** What each subject holds, here and elsewhere. */
  readonly counts: SubjectCounts;
  readonly clock: Clock;
}

/** A peer that listens by a stream and speaks by POST. */
interface StreamPeer {
  readonly subject: string;
  readonly peer: JoinedPeer;
  readonly rate: TokenBucket;
}

const BURST_SECONDS = 10;

/** Signaling without WebSockets: a peer hears by server-sent events, and says one message in each POST while it does. */
export function createSignalingEndpoints(ports: SignalingPorts): Pick<Endpoints, 'hearSignaling' | 'saySignaling'> {
  const { access, relays, counts, clock } = ports;
  const streams = new Map<string, StreamPeer>();
  const admit = async (request: Request, { bind, params }: RequestFacts) => {
    const asker = await askerOf(access, request, bind);
    const { identity } = asker;
    const peerId = peerIdOf(params.peer);
    requirePeer(ports, asker, params.conversation, peerId);
    return { identity, peerId, key: `${params.conversation}/${params.peer}` };
  };
  return {
    async hearSignaling(request, facts) {
      const { identity, peerId, key } = await admit(request, facts);
      const headers = { 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' };
      if (request.method === 'HEAD') return new Response(null, { headers });
      const recheck = async () => requireSame(identity, (await admit(request, facts)).identity);
      const release = counts.take(identity);
      const stream = new SignalingStream(clock, maxQueuedBytes(peerId));
      stream.onEnd(release);
      const peer = orEnd(stream, () => relays.join(facts.params.conversation, peerId, identity, stream));
      const rate = new TokenBucket(MESSAGES_PER_SECOND * BURST_SECONDS, MESSAGES_PER_SECOND, clock.now());
      const entry = { subject: identity.subject, peer, rate };
      streams.set(key, entry);
      const stopWatching = watchCaller(identity, clock, recheck, (error) => stream.fail(error));
      stream.onEnd(() => {
        release();
        stopWatching();
        if (streams.get(key) === entry) streams.delete(key);
        peer.leave();
      });
      if (identity.phone?.isConfirmed) relays.accept(facts.params.conversation, identity.phone.peerId);
      request.signal.addEventListener('abort', () => stream.end(), { once: true });
      if (request.signal.aborted) stream.end();
      return new Response(stream.body, { headers });
    },

    async saySignaling(request, facts) {
      const { identity, key } = await admit(request, facts);
      const text = await readTextBody(request, 'application/json', MAX_SIGNALING_LENGTH);
      const entry = streams.get(key);
      if (entry === undefined || entry.subject !== identity.subject) {
        throw new VoiceBridgeError('not_found', 'Listen first: this peer has no stream of yours');
      }
      if (!entry.rate.take(clock.now())) throw new RateLimited('You send too much', entry.rate.waitMs(clock.now()));
      entry.peer.say(text);
      return new Response(null, { status: 204 });
    },
  };
}

/** What `action` gives; when it throws, nobody reads the stream, and its timers must not go on. */
function orEnd<T>(stream: SignalingStream, action: () => T): T {
  try {
    return action();
  } catch (error) {
    stream.end();
    throw error;
  }
}

function peerIdOf(text: string): PeerId {
  const peerId = parsePeerId(text);
  if (peerId === undefined) throw new VoiceBridgeError('invalid_request', 'Invalid peer_id');
  return peerId;
}
