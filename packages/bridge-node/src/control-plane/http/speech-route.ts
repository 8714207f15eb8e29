import { type Clock, ENDPOINTS, MAX_PCM_MESSAGE_BYTES } from '@voice-bridge/core';
import { createAudioPorts } from '../../seam/create-audio-ports.ts';
import { requireConversation, requireScope } from './checks.ts';
import type { EndpointPorts } from './endpoint-ports.ts';
import { SpeechClient } from './speech-client.ts';
import type { UpgradeRoute } from './upgrade-router.ts';
import { VoiceRequests } from './voice-requests.ts';

/** What the speech endpoints run on. */
export interface SpeechPorts extends EndpointPorts {
  readonly clock: Clock;
}

const MAX_QUEUED_BYTES = 1_048_576;
/** Sound in pieces of 5 ms, and some control messages. */
const MESSAGES_PER_SECOND = 250;

/** `/ws/speech`: joins the conversation's session, or opens one, with PCM16 at 24 kHz, mono, both ways, or by WebRTC. */
export function createSpeechRoute(ports: SpeechPorts): UpgradeRoute {
  const { settings, clock } = ports;
  const voice = new VoiceRequests(ports);
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
        enter: async (start, port, signal) => {
          const joined = await voice.join(request, start, { type: 'joinPcm', port }, signal);
          request.alsoAdmit((identity) => requireConversation(identity, joined.conversationId));
          return joined;
        },
        offer: (offer, signal) => voice.offer(request, offer, signal),
        answer: (answer) => voice.answer(request, answer),
        ice: (ice) => voice.ice(request, ice),
        fail: request.fail,
      });
    },
  };
}
