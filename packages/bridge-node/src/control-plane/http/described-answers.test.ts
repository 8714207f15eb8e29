import {
  ENDPOINTS,
  eventsPath,
  parseValue,
  participantPath,
  participantsPath,
  phonePath,
  phonesPath,
  sdpPath,
  sessionPath,
  sessionResponseSchema,
  signalingPath,
  voiceDescriptionSchema,
} from '@voice-bridge/core';
import { describe, expect, it } from 'vitest';
import { addParticipant, ask, closeBridge, OFFER, openBridge, post, sendText } from '../../testing/ask.ts';
import { createTestBridge } from '../../testing/create-test-bridge.ts';
import { bearer, invite, pair, redeem, renew } from '../../testing/pair.ts';
import { routeOf } from '../../testing/require-described.ts';
import type { VoiceBridge } from '../voice-bridge-interface.ts';
import type { RouteDescription } from './route-description.ts';
import { type Endpoints, ROUTE_NAMES, ROUTES } from './routes.ts';

const KITCHEN = 'kitchen';
const SDP = { method: 'POST', body: OFFER, headers: { 'content-type': 'application/sdp' } };

/** One request of every endpoint that goes well, after whatever has to be there for it. */
const REQUESTS: { readonly [Name in keyof Endpoints]: (bridge: VoiceBridge) => Promise<Response> } = {
  health: (bridge) => ask(bridge, '/health'),
  openapi: (bridge) => ask(bridge, ENDPOINTS.openapi),
  config: (bridge) => ask(bridge, ENDPOINTS.config),
  openBridge: (bridge) => openBridge(bridge, KITCHEN),
  closeBridge: (bridge) => closeBridge(bridge, KITCHEN),
  sendText: async (bridge) => {
    await openBridge(bridge, KITCHEN);
    return sendText(bridge, KITCHEN);
  },
  listParticipants: async (bridge) => {
    await openBridge(bridge, KITCHEN);
    return ask(bridge, participantsPath(KITCHEN));
  },
  addParticipant: async (bridge) => {
    await openBridge(bridge, KITCHEN);
    return addParticipant(bridge, KITCHEN);
  },
  changeParticipant: async (bridge) => {
    const path = participantPath(KITCHEN, await somebodyIn(bridge));
    return post(bridge, path, { muted: true }, { method: 'PATCH' });
  },
  removeParticipant: async (bridge) =>
    ask(bridge, participantPath(KITCHEN, await somebodyIn(bridge)), { method: 'DELETE' }),
  openSession: (bridge) => ask(bridge, ENDPOINTS.session, { method: 'POST' }),
  listSessions: async (bridge) => {
    await openBridge(bridge, KITCHEN);
    return ask(bridge, ENDPOINTS.session);
  },
  getSession: async (bridge) => ask(bridge, sessionPath(await sessionIn(bridge))),
  closeSession: async (bridge) => ask(bridge, sessionPath(await sessionIn(bridge)), { method: 'DELETE' }),
  exchangeSdp: async (bridge) => ask(bridge, `${sdpPath(await sessionIn(bridge))}?name=Ann&role=listener`, SDP),
  voiceOffer: (bridge) => post(bridge, ENDPOINTS.voiceOffer, { type: 'offer', sdp: OFFER }),
  voiceAnswer: async (bridge) => post(bridge, ENDPOINTS.voiceAnswer, { peer_id: await peerOf(bridge), sdp: OFFER }),
  voiceIce: async (bridge) => post(bridge, ENDPOINTS.voiceIce, { peer_id: await peerOf(bridge), candidate: null }),
  followEvents: (bridge) => ask(bridge, `${eventsPath(KITCHEN)}?after=0`),
  hearSignaling: (bridge) => ask(bridge, signalingPath(KITCHEN, 'desktop')),
  saySignaling: async (bridge) => {
    await ask(bridge, signalingPath(KITCHEN, 'desktop'));
    return post(bridge, signalingPath(KITCHEN, 'desktop'), { type: 'offer', sdp: OFFER });
  },
  invitePhone: (bridge) => post(bridge, ENDPOINTS.pairing, { conversation_id: KITCHEN }),
  redeemPairing: async (bridge) => redeem(bridge, { token: (await invite(bridge)).token, name: 'Ann’s phone' }),
  renewPairing: async (bridge) => renew(bridge, (await pair(bridge)).credential),
  listPhones: async (bridge) => {
    await pair(bridge, { confirm: true });
    return ask(bridge, phonesPath(KITCHEN));
  },
  acceptPhone: async (bridge) => {
    await pair(bridge, { confirm: true });
    return ask(bridge, phonePath(KITCHEN, 'mobile'), { method: 'POST' });
  },
  removePhone: async (bridge) => {
    const { credential } = await pair(bridge);
    return ask(bridge, phonePath(KITCHEN, 'mobile'), { method: 'DELETE', ...bearer(credential) });
  },
  listConversations: async (bridge) => {
    await openBridge(bridge, KITCHEN);
    return ask(bridge, ENDPOINTS.conversations);
  },
};

describe('what is answered', () => {
  // `ask` compares status, type and body with the description, in all tests that ask.
  it.each(ROUTE_NAMES)('by %s when it goes well is what the description of the interface says', async (name) => {
    const { created, response: described }: RouteDescription = ROUTES[name];
    const bridge = createTestBridge({ authorize: 'open' });
    const response = await REQUESTS[name](bridge);
    expect(response.status).toBe(described === undefined ? 204 : created ? 201 : 200);
    await response.body?.cancel();
    await bridge.close();
  });

  it('elsewhere is nothing: no path is served that is not described', async () => {
    const bridge = createTestBridge({ authorize: 'open' });
    const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];
    const described = ROUTE_NAMES.map((name) => ROUTES[name].path.replaceAll(/:\w+/g, 'x'));
    const others = [
      ...described.map((path) => `${path}/more`),
      ...described.map(parentOf),
      '/api/realtime/audio-relay/x/y',
    ];
    for (const path of new Set(others)) {
      for (const method of methods) {
        if (routeOf(method, path) !== undefined) continue;
        expect([path, (await ask(bridge, path, { method })).status]).toEqual([path, expect.toBeOneOf([404, 405, 410])]);
      }
    }
  });
});

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/')) || '/';
}

async function somebodyIn(bridge: VoiceBridge): Promise<string> {
  await openBridge(bridge, KITCHEN);
  return bridge.sessions.participants(KITCHEN)?.[0]?.participantId ?? '';
}

async function sessionIn(bridge: VoiceBridge): Promise<string> {
  const response = await ask(bridge, ENDPOINTS.session, { method: 'POST' });
  const parsed = parseValue(sessionResponseSchema, await response.json());
  return parsed.ok ? parsed.value.session_id : '';
}

/** Who is to answer an offer of the bridge. */
async function peerOf(bridge: VoiceBridge): Promise<string> {
  const response = await post(bridge, ENDPOINTS.voiceOffer, { type: 'offer' });
  const parsed = parseValue(voiceDescriptionSchema, await response.json());
  return parsed.ok ? parsed.value.peer_id : '';
}
