/** The speech model of every call, over real HTTP and WebRTC: it always speaks, and listens to the bystanders. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createMediaConnection, type MediaChannel, type MediaConnection } from '@voice-bridge/media-node';
import * as z from 'zod/mini';
import { realClock } from '../../integration/support/real-clock.ts';
import { Dice } from '../generate/dice.ts';
import { bentSdp } from '../generate/sdp.ts';
import type { SharedPath } from '../support/messages.ts';
import { obey, settings, tell } from '../support/role.ts';
import { fragmentOf, startSharedLeg } from '../support/shared-leg.ts';
import { startVoice, VoiceListener } from '../support/stamped-voice.ts';

/** The first calls are the bystanders'. */
const BYSTANDERS = 4;
/** Share of the other calls that are answered with a bent description. */
const BENT_ANSWERS = 0.1;

const { seed } = settings(z.object({ seed: z.number() }));
const calls = new Map<string, MediaConnection>();
const listeners: VoiceListener[] = [];
const paths: SharedPath[] = [];
let taken = 0;

const server = createServer((request, response) => void take(request, response).catch(() => response.destroy()));
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const address = server.address();
const port = typeof address === 'object' && address !== null ? address.port : 0;

obey((order) => {
  if (order.type !== 'stop') return;
  for (const listener of listeners) listener.end();
  process.send?.({ type: 'packets', heard: 0, lost: 0 }, () => process.exit(0));
});
tell({ type: 'ready', url: `http://127.0.0.1:${port}/v1`, sharedPaths: [] });

async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece);
  const hungUp = /\/calls\/(\w+)\/hangup$/.exec(request.url ?? '')?.[1];
  if (hungUp !== undefined) {
    await calls.get(hungUp)?.close();
    response.writeHead(200).end();
    return;
  }
  const offer = /application\/sdp\r\n\r\n([\s\S]*?)\r\n--/.exec(Buffer.concat(pieces).toString())?.[1] ?? '';
  const call = ++taken;
  const id = `rtc_${call}`;
  const answer = await answerCall(
    id,
    offer,
    call <= BYSTANDERS ? new VoiceListener(`bystander ${call} to assistant`) : undefined,
  );
  const dice = new Dice(seed, call);
  const bent = call > BYSTANDERS && dice.chance(BENT_ANSWERS);
  response.writeHead(201, { 'content-type': 'application/sdp', location: `/v1/realtime/calls/${id}` });
  response.end(bent ? bentSdp(dice, answer) : answer);
}

async function answerCall(id: string, offer: string, listener: VoiceListener | undefined): Promise<string> {
  const connection = createMediaConnection({
    clock: realClock,
    additionalHostAddresses: ['127.0.0.1'],
    onAudio: ({ payload }) => listener?.take(payload),
  });
  calls.set(id, connection);
  if (listener !== undefined) listeners.push(listener);
  let silence = () => {};
  connection.on('channel', speakProtocol);
  connection.on('stateChanged', ({ name }) => {
    if (name === 'connected') silence = startVoice((packet) => connection.sendAudio(packet));
    if (name !== 'closed') return;
    silence();
    calls.delete(id);
  });
  const answer = await connection.answerOffer(offer);
  if (listener === undefined) return answer;
  const { sdp, path } = await startSharedLeg(answer, 'peer', `${fragmentOf(offer)}:${fragmentOf(answer)}`);
  paths.push(path);
  tell({ type: 'ready', sharedPaths: paths });
  return sdp;
}

function speakProtocol(channel: MediaChannel): void {
  const session = { type: 'realtime', object: 'realtime.session', id: 'sess_fuzz' };
  const say = (type: string) => channel.send(JSON.stringify({ type, event_id: `event_${type}`, session }));
  channel.receive((message) => {
    if (String(message).includes('"session.update"')) say('session.updated');
  });
  say('session.created');
}
