import {
  AFTER_PARAMETER,
  ENDPOINTS,
  MAX_FEED_REQUEST_LENGTH,
  parsedProblem,
  parseFeedRequest,
  VoiceBridgeError,
} from '@voice-bridge/core';
import type { FeedEnd, FeedReader } from '../feed/feed-reader.ts';
import { type FollowPorts, readAfter, requireFollower } from './event-stream.ts';
import type { CloseCodeName, MessageConnection } from './message-connection.ts';
import type { UpgradeRoute } from './upgrade-router.ts';

/** How long a client may take to say where it wants to go on, in ms. */
const RESUME_MS = 10_000;
const MAX_QUEUED_BYTES = 2_097_152;

const CLOSES: Readonly<Record<FeedEnd, CloseCodeName>> = {
  slow_consumer: 'slow_consumer',
  going_away: 'going_away',
  left: 'normal',
};

/** A conversation's feed as a WebSocket: from `?after=`, or from what the client's first message says. */
export function createEventRoute(ports: FollowPorts): UpgradeRoute {
  const { feeds, snapshot, clock, counts } = ports;
  return {
    path: `${ENDPOINTS.events}/:conversation`,
    maxMessageBytes: MAX_FEED_REQUEST_LENGTH,
    maxQueuedBytes: MAX_QUEUED_BYTES,
    messagesPerSecond: 1,
    admit: ({ identity, params }) => requireFollower(identity, params.conversation ?? ''),
    connect(connection, { identity, params, query, fail }) {
      connection.onClose(counts.takeFeed(identity, clock.now()));
      const begin = (from: number) => {
        const reader = feeds.follow(params.conversation ?? '', from, snapshot);
        connection.onClose(() => reader.end('left'));
        void forward(reader, connection);
      };
      const after = readAfter(query.get(AFTER_PARAMETER));
      if (after !== undefined) {
        begin(after);
        connection.receive(() => fail(new VoiceBridgeError('invalid_message', 'There is nothing to say here')));
        return;
      }
      const cancel = clock.after(RESUME_MS, () => fail(new VoiceBridgeError('invalid_message', 'Say where to resume')));
      let begun = false;
      connection.onClose(cancel);
      connection.receive((message) => {
        cancel();
        const request = typeof message === 'string' && !begun ? parseFeedRequest(message) : NOT_WANTED;
        begun = true;
        if (!request.ok) fail(new VoiceBridgeError('invalid_message', request.problem));
        else attempt(() => begin(request.value.after ?? 0), fail);
      });
    },
  };
}

const NOT_WANTED = parsedProblem<never>('There is nothing more to say here');

/** One message at a time leaves the process: a slow client makes the reader wait, not our memory grow. */
async function forward(reader: FeedReader, connection: MessageConnection): Promise<void> {
  for (;;) {
    const item = await reader.next();
    if (item === undefined) break;
    if (!(await connection.sent(item.text))) reader.end('left');
  }
  connection.close(CLOSES[reader.ended ?? 'left'], reader.ended === 'slow_consumer' ? 'You read too slowly' : '');
}

function attempt(action: () => void, fail: (error: unknown) => void): void {
  try {
    action();
  } catch (error) {
    fail(error);
  }
}
