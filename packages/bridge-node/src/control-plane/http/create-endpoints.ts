import { createPairingEndpoints, type PairingPorts } from '../pairing/pairing-endpoints.ts';
import { createSignalingEndpoints, type SignalingPorts } from '../signaling/signaling-endpoints.ts';
import { createBridgeEndpoints } from './bridge-endpoints.ts';
import type { EndpointPorts } from './endpoint-ports.ts';
import { createEventStream, type FollowPorts } from './event-stream.ts';
import { describeInterface, type Json } from './openapi.ts';
import { createParticipantEndpoints } from './participant-endpoints.ts';
import type { Endpoints } from './routes.ts';
import { createSessionEndpoints } from './session-endpoints.ts';
import { createVoiceEndpoints } from './voice-endpoints.ts';

/** Every endpoint of a bridge. */
export function createEndpoints(ports: EndpointPorts & FollowPorts & SignalingPorts & PairingPorts): Endpoints {
  let description: Json | undefined;
  return {
    health: () => Response.json({ status: 'ok' }),
    openapi() {
      description ??= describeInterface(ports.settings.basePath);
      return Response.json(description);
    },
    ...createBridgeEndpoints(ports),
    ...createParticipantEndpoints(ports),
    ...createSessionEndpoints(ports),
    ...createVoiceEndpoints(ports),
    ...createEventStream(ports),
    ...createSignalingEndpoints(ports),
    ...createPairingEndpoints(ports),
  };
}
