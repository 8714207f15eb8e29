/** Four people in four conversations who are not attacked, or only from their own five-tuples, and must not notice. */
import { CONTROL_CHANNEL_LABEL, parseServerControl } from '@voice-bridge/core';
import { createMediaConnection, type MediaChannel } from '@voice-bridge/media-node';
import * as z from 'zod/mini';
import { realClock } from '../../integration/support/real-clock.ts';
import type { SharedPath } from '../support/messages.ts';
import { askBridge } from '../support/offers.ts';
import { obey, settings, tell } from '../support/role.ts';
import { fragmentOf, startSharedLeg } from '../support/shared-leg.ts';
import { startVoice, VoiceListener } from '../support/stamped-voice.ts';

interface Bystander {
  readonly path: SharedPath;
  /** Falls silent and says what it has not heard. */
  readonly end: () => void;
}

const PEOPLE = 4;

const { bridgeUrl } = settings(z.object({ bridgeUrl: z.string() }));
const people: Bystander[] = [];
for (let n = 1; n <= PEOPLE; n++) people.push(await joinBystander(n));

obey((order) => {
  if (order.type !== 'stop') return;
  for (const person of people) person.end();
  process.send?.({ type: 'packets', heard: 0, lost: 0 }, () => process.exit(0));
});
tell({ type: 'ready', sharedPaths: people.map(({ path }) => path) });

async function joinBystander(n: number): Promise<Bystander> {
  const stream = `assistant to bystander ${n}`;
  const listener = new VoiceListener(stream);
  const connection = createMediaConnection({
    clock: realClock,
    channels: [CONTROL_CHANNEL_LABEL],
    dialCandidates: true,
    additionalHostAddresses: ['127.0.0.1'],
    onAudio: ({ payload }) => listener.take(payload),
  });
  const lose = (text: string) => tell({ type: 'lost', stream, text });
  connection.on('channel', (channel) => answerPings(channel, lose));
  connection.on('stateChanged', (state) => {
    if (state.name === 'closed') lose(`closed: ${state.error?.message ?? 'without a reason'}`);
  });
  const offer = await connection.createOffer();
  const answer = await askBridge(bridgeUrl, `bystander-${n}`, offer);
  const { sdp, path } = await startSharedLeg(answer, 'author', `${fragmentOf(answer)}:${fragmentOf(offer)}`);
  await connection.acceptAnswer(sdp);
  await connection.whenConnected();
  const silence = startVoice((packet) => connection.sendAudio(packet));
  return {
    path,
    end() {
      silence();
      listener.end();
    },
  };
}

function answerPings(channel: MediaChannel, lose: (text: string) => void): void {
  channel.receive((text) => {
    const parsed = parseServerControl(String(text));
    if (!parsed.ok) lose(`was told what is not in the protocol: ${parsed.problem}`);
    else if (parsed.value.type === 'ping') channel.send(JSON.stringify({ type: 'pong', id: parsed.value.id }));
    else if (parsed.value.type === 'closed') lose(`was told that the session is closed: ${parsed.value.reason}`);
  });
  channel.on('close', () => lose('lost its control channel'));
}
