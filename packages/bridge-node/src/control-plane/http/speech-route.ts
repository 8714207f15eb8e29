import { type Clock, ENDPOINTS, MAX_PCM_MESSAGE_BYTES, type SpeechStart, VoiceBridgeError } from '@voice-bridge/core';
import type { AudioPort } from '../../seam/audio-port.ts';
import { createAudioPorts } from '../../seam/create-audio-ports.ts';
import { requireScope } from './checks.ts';
import type { EndpointPorts } from './endpoint-ports.ts';
import { mayTouch } from './identity.ts';
import { type Entered, SpeechClient } from './speech-client.ts';
import type { ConnectedRequest, UpgradeRoute } from './upgrade-router.ts';

/** What the speech endpoints run on. */
export interface SpeechPorts extends EndpointPorts {
  readonly clock: Clock;
}

const MAX_QUEUED_BYTES = 1_048_576;
/** Sound in pieces of 5 ms, and some control messages. */
const MESSAGES_PER_SECOND = 250;

/** `/ws/speech`: joins the conversation's session, or opens one, with PCM16 at 24 kHz, mono, both ways. */
export function createSpeechRoute(ports: SpeechPorts): UpgradeRoute {
  const { settings, clock } = ports;
  return {
    path: ENDPOINTS.speech,
    maxMessageBytes: MAX_PCM_MESSAGE_BYTES,
    maxQueuedBytes: MAX_QUEUED_BYTES,
    messagesPerSecond: MESSAGES_PER_SECOND,
    admit: ({ identity }) => requireScope(identity, 'join'),
    connect(connection, request) {
      new SpeechClient({
        connection,
        clock,
        logger: settings.logger,
        createPorts: createAudioPorts,
        enter: (start, port, signal) => enter(ports, request, start, port, signal),
        fail: request.fail,
      });
    },
  };
}

async function enter(
  { directory, requests, mintConversationId }: SpeechPorts,
  { identity, bind }: ConnectedRequest,
  start: SpeechStart,
  port: AudioPort,
  signal: AbortSignal,
): Promise<Entered> {
  const conversationId = start.conversation_id ?? mintConversationId();
  if (!mayTouch(identity, conversationId)) throw new VoiceBridgeError('forbidden', 'Name a conversation that is yours');
  const { name, role } = start;
  const joiner = requests.join(identity, { media: { type: 'joinPcm', port }, name, role }, signal);
  const wanted = { identity, bind, signal, conversationId, wishes: start, renews: undefined, waits: false };
  return { conversationId, ...(await directory.join(conversationId, joiner, requests.open(wanted))) };
}
