import { afterEach, expect, it } from 'vitest';
import { systemClock } from '../testing/system-clock.ts';
import type { MediaConnection } from './media-connection.ts';
import { createMediaConnection } from './werift-connection.ts';

const open: MediaConnection[] = [];
afterEach(() => Promise.all(open.splice(0).map((connection) => connection.close())));

function create(): MediaConnection {
  const connection = createMediaConnection({
    clock: systemClock,
    additionalHostAddresses: ['127.0.0.1'],
    channels: ['control'],
    dialCandidates: true,
  });
  open.push(connection);
  return connection;
}

it.each(['audio', 'application'])(
  'answers a rejected %s m-line with a rejection, and connects the other',
  async (kind) => {
    const [offerer, answerer] = [create(), create()];
    const offer = await offerer.createOffer();
    const answer = await answerer.answerOffer(offer.replace(`m=${kind} 9`, `m=${kind} 0`));
    const mid = new RegExp(`m=${kind}[^]*?a=mid:(\\S+)`).exec(answer)?.[1] ?? '';
    expect(answer.match(/^m=\w+ \d+/gm)).toEqual(
      ['audio', 'application'].map((each) => `m=${each} ${each === kind ? 0 : 9}`),
    );
    expect(/^a=group:BUNDLE (.*)$/m.exec(answer)?.[1]?.split(' ')).not.toContain(mid);
    await offerer.acceptAnswer(answer);
    await Promise.all([offerer.whenConnected(), answerer.whenConnected()]);
  },
);
