import { AFTER_PARAMETER, type Clock, isConversationId, VoiceBridgeError } from '@voice-bridge/core';
import type { ConversationFeeds, FeedSnapshot } from '../feed/conversation-feeds.ts';
import type { FeedReader } from '../feed/feed-reader.ts';
import type { SubjectCounts } from '../limits/subject-counts.ts';
import type { Access } from './access.ts';
import { requireConversation, requireScope } from './checks.ts';
import type { Identity } from './identity.ts';
import { requireSame, watchCaller } from './reauthorize.ts';
import type { Endpoints } from './routes.ts';

/** What following runs on. */
export interface FollowPorts {
  readonly access: Access;
  readonly feeds: ConversationFeeds;
  readonly snapshot: FeedSnapshot;
  /** What each subject holds, here and elsewhere. */
  readonly counts: SubjectCounts;
  readonly clock: Clock;
}

/** Throws unless the identity may follow the conversation. */
export function requireFollower(identity: Identity, conversationId: string): void {
  if (!isConversationId(conversationId)) throw new VoiceBridgeError('not_found', 'There is no such conversation');
  requireConversation(identity, conversationId);
  requireScope(identity, 'read', 'join');
}

/** Reads the id of an event out of a URL or a header: undefined when there is none. Throws `invalid_request` for what is no id. */
export function readAfter(text: string | null): number | undefined {
  if (text === null) return undefined;
  if (!/^\d{1,15}$/.test(text))
    throw new VoiceBridgeError('invalid_request', `${AFTER_PARAMETER}: expected an event's id`);
  return Number(text);
}

/** A conversation's feed as server-sent events (HTML Living Standard section 9.2); the WebSocket of the same path tells the same. */
export function createEventStream(ports: FollowPorts): Pick<Endpoints, 'followEvents'> {
  const { access, feeds, snapshot, counts } = ports;
  return {
    async followEvents(request, { bind, params }) {
      const admit = async () => {
        const identity = await access.identify(request, bind);
        requireFollower(identity, params.conversation);
        return identity;
      };
      const identity = await admit();
      const query = new URL(request.url).searchParams.get(AFTER_PARAMETER);
      const after = readAfter(request.headers.get('last-event-id') ?? query) ?? 0;
      const headers = { 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' };
      if (request.method === 'HEAD') return new Response(null, { headers });
      const uncount = counts.take(identity);
      const uncountFeed = orRelease(uncount, () => counts.takeFeed(identity, ports.clock.now()));
      const release = () => {
        uncount();
        uncountFeed();
      };
      const reader = orRelease(release, () => feeds.follow(params.conversation, after, snapshot));
      const recheck = async () => requireSame(identity, await admit());
      const stopWatching = watchCaller(identity, ports.clock, recheck, () => reader.end('left'));
      const onLeave = () => {
        release();
        stopWatching();
      };
      return new Response(streamOf(reader, request.signal, onLeave), { headers });
    },
  };
}

function orRelease<T>(release: () => void, action: () => T): T {
  try {
    return action();
  } catch (error) {
    release();
    throw error;
  }
}

function streamOf(reader: FeedReader, signal: AbortSignal, onLeave: () => void): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const leave = () => {
    reader.end('left');
    onLeave();
  };
  signal.addEventListener('abort', leave, { once: true });
  if (signal.aborted) leave();
  return new ReadableStream(
    {
      async pull(controller) {
        const item = await reader.next();
        if (item === undefined) {
          leave();
          controller.close();
          return;
        }
        const id = item.id === undefined ? '' : `id: ${item.id}\n`;
        controller.enqueue(encoder.encode(`${id}data: ${item.text}\n\n`));
      },
      cancel: leave,
    },
    { highWaterMark: 0 },
  );
}
