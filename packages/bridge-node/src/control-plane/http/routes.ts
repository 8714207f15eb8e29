import {
  AFTER_PARAMETER,
  bridgeRequestSchema,
  bridgeResponseSchema,
  changedResponseSchema,
  closedResponseSchema,
  configResponseSchema,
  ENDPOINTS,
  feedEventSchema,
  participantChangeSchema,
  participantListSchema,
  participantRequestSchema,
  participantResponseSchema,
  removedResponseSchema,
  SESSION_PARAMETER,
  sessionListSchema,
  sessionRequestSchema,
  sessionResponseSchema,
  sessionSummarySchema,
  signalingEventSchema,
  signalingMessageSchema,
  textRequestSchema,
  textResponseSchema,
  voiceAnswerSchema,
  voiceDescriptionSchema,
  voiceIceSchema,
  voiceOfferSchema,
} from '@voice-bridge/core';
import * as z from 'zod/mini';
import { PAIRING_ROUTES } from '../pairing/pairing-routes.ts';
import type { Bind } from './origin-policy.ts';
import { JOINING, json, OPENING, type RouteDescription } from './route-description.ts';

/** What a path's `:names` stand for; empty where it has none. */
export interface RouteParams {
  readonly conversation: string;
  readonly session: string;
  readonly participant: string;
  readonly peer: string;
}

/** What an endpoint knows of the request besides itself. */
export interface RequestFacts {
  readonly bind: Bind | undefined;
  /** Of the client, or the proxy before it; undefined when the server does not tell. */
  readonly address: string | undefined;
  readonly params: RouteParams;
}

/** Answers one request; what it throws becomes the error answer. */
export type Endpoint = (request: Request, facts: RequestFacts) => Response | Promise<Response>;

const CONVERSATION = `${ENDPOINTS.bridge}/:conversation`;
const SIGNALING = `${ENDPOINTS.signaling}/:conversation/:peer`;
const OFFER = 'v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\n…';
const SDP = { type: 'application/sdp', example: OFFER } as const;
const [SESSION_ID, PARTICIPANT_ID] = ['ses_2vJ8kQ0wXbY5cN7dRfT1mZ', 'par_7hPq3LsD9aVx0KjW2eUyGt'];
const PARTICIPANT = {
  participant_id: PARTICIPANT_ID,
  name: 'Ann',
  role: 'speaker',
  transport: 'webrtc',
  muted: false,
  gain: 1,
} as const;
const JOINED = {
  session_id: SESSION_ID,
  participant_id: PARTICIPANT_ID,
  answer: OFFER,
  resume_token: 'res_0aB3dE6gH9jK2mN5pQ8sTv',
} as const;
const SESSION = {
  session_id: SESSION_ID,
  conversation_id: 'kitchen',
  state: 'open',
  since: 1_790_000_000_000,
  participants: [PARTICIPANT],
} as const;

/** Every endpoint of the bridge: the router, the interface description and the documentation are made from this table. */
export const ROUTES = {
  health: {
    method: 'GET',
    path: '/health',
    summary: 'Tells that the server runs.',
    response: json(z.object({ status: z.literal('ok') }), { status: 'ok' }),
    errors: [],
  },
  openapi: {
    method: 'GET',
    path: ENDPOINTS.openapi,
    summary: 'This description.',
    response: json(z.looseObject({ openapi: z.string() }), { openapi: '3.1.1' }),
    errors: [],
  },
  config: {
    method: 'GET',
    path: ENDPOINTS.config,
    summary: 'What a client must know before it makes its offer.',
    response: json(configResponseSchema, {
      protocol_version: 1,
      ice_servers: [],
      transports: ['webrtc', 'data_channel', 'websocket'],
      limits: { max_text_length: 4_000, max_session_minutes: 60, idle_minutes: 10 },
    }),
    errors: [],
  },
  openBridge: {
    method: 'POST',
    path: ENDPOINTS.bridge,
    summary:
      'Opens a session for the conversation, closing the one it has, and joins it. With "join", joins the one it has.',
    request: json(bridgeRequestSchema, { conversation_id: 'kitchen', offer: OFFER, voice: 'marin', join: true }),
    response: json(bridgeResponseSchema, JOINED),
    errors: [...OPENING, ...JOINING, 'not_found'],
  },
  closeBridge: {
    method: 'DELETE',
    path: CONVERSATION,
    summary: 'Closes the session of the conversation; also answers for one that is closed or never was.',
    query: [{ name: SESSION_PARAMETER, type: 'string', description: 'Closes this session and no newer one.' }],
    response: json(closedResponseSchema, { status: 'closed' }),
    errors: ['not_found'],
  },
  sendText: {
    method: 'POST',
    path: `${CONVERSATION}/text`,
    summary: 'Says typed text to the assistant, shows it a picture, or both.',
    request: json(textRequestSchema, { text: 'What is the weather like?' }),
    response: json(textResponseSchema, { status: 'sent' }),
    errors: ['text_too_long', 'body_too_large', 'not_found', 'rate_limited'],
  },
  listParticipants: {
    method: 'GET',
    path: `${CONVERSATION}/participants`,
    summary: 'Who is in the session of the conversation.',
    response: json(participantListSchema, { participants: [PARTICIPANT] }),
    errors: ['not_found'],
  },
  addParticipant: {
    method: 'POST',
    path: `${CONVERSATION}/participants`,
    summary: 'Joins the running session of the conversation as one more participant.',
    request: json(participantRequestSchema, { offer: OFFER, name: 'Ann', role: 'speaker' }),
    response: json(participantResponseSchema, JOINED),
    errors: [...JOINING, 'not_found'],
  },
  changeParticipant: {
    method: 'PATCH',
    path: `${CONVERSATION}/participants/:participant`,
    summary: 'Mutes a participant, changes how loud it is or what it may; takes who opened the session, or "moderate".',
    request: json(participantChangeSchema, { muted: true }),
    response: json(changedResponseSchema, { status: 'changed' }),
    errors: ['not_found', 'rate_limited'],
  },
  removeParticipant: {
    method: 'DELETE',
    path: `${CONVERSATION}/participants/:participant`,
    summary: 'Takes a participant out of the session; also answers for one that left or never was.',
    response: json(removedResponseSchema, { status: 'removed' }),
    errors: ['not_found', 'rate_limited'],
  },
  openSession: {
    method: 'POST',
    path: ENDPOINTS.session,
    summary: 'Opens a session that people join by SDP; one that nobody joins closes after a minute.',
    request: { ...json(sessionRequestSchema, { conversation_id: 'kitchen', voice: 'marin' }), optional: true },
    response: json(sessionResponseSchema, {
      session_id: SESSION_ID,
      status: 'connected',
      conversation_id: 'kitchen',
    }),
    errors: OPENING,
  },
  listSessions: {
    method: 'GET',
    path: ENDPOINTS.session,
    summary: 'The live sessions of conversations that are the asker’s.',
    response: json(sessionListSchema, { sessions: [SESSION] }),
    errors: [],
  },
  getSession: {
    method: 'GET',
    path: `${ENDPOINTS.session}/:session`,
    summary: 'One live session: its state, since when, and who is in it.',
    response: json(sessionSummarySchema, SESSION),
    errors: ['not_found'],
  },
  closeSession: {
    method: 'DELETE',
    path: `${ENDPOINTS.session}/:session`,
    summary: 'Closes the session; also answers for one that is closed or never was.',
    response: json(closedResponseSchema, { status: 'closed' }),
    errors: [],
  },
  exchangeSdp: {
    method: 'POST',
    path: `${ENDPOINTS.sdp}/:session`,
    summary: 'Joins the session as one more participant: the offer as it is, and the answer as it is.',
    query: [
      { name: 'name', type: 'string', description: 'How the others see this participant.' },
      { name: 'role', type: 'string', description: 'speaker (default), listener or observer.' },
    ],
    request: SDP,
    response: SDP,
    errors: [...JOINING, 'not_found'],
  },
  voiceOffer: {
    method: 'POST',
    path: ENDPOINTS.voiceOffer,
    summary: 'Joins the session of the conversation, or opens one; without "sdp", the bridge makes the offer.',
    request: json(voiceOfferSchema, { type: 'offer', sdp: OFFER, conversation_id: 'kitchen' }),
    response: json(voiceDescriptionSchema, {
      type: 'answer',
      sdp: OFFER,
      session_id: SESSION_ID,
      peer_id: PARTICIPANT_ID,
      conversation_id: 'kitchen',
      resume_token: JOINED.resume_token,
    }),
    errors: [...OPENING, ...JOINING, 'not_found'],
  },
  voiceAnswer: {
    method: 'POST',
    path: ENDPOINTS.voiceAnswer,
    summary: 'Answers an offer that the bridge made.',
    request: json(voiceAnswerSchema, { peer_id: PARTICIPANT_ID, sdp: OFFER }),
    errors: ['invalid_offer', 'not_found'],
  },
  voiceIce: {
    method: 'POST',
    path: ENDPOINTS.voiceIce,
    summary: 'Takes a candidate of the client, and needs none.',
    request: json(voiceIceSchema, {
      peer_id: PARTICIPANT_ID,
      candidate: { candidate: 'candidate:1 1 udp 2130706431 192.0.2.1 50000 typ host', sdpMid: '0', sdpMLineIndex: 0 },
    }),
    errors: ['not_found'],
  },
  followEvents: {
    method: 'GET',
    path: `${ENDPOINTS.events}/:conversation`,
    summary:
      'Every event of the conversation that is kept, then live, as server-sent events. The path is a WebSocket, too.',
    query: [
      {
        name: AFTER_PARAMETER,
        type: 'integer',
        description: 'The last event the client has; Last-Event-ID goes first.',
      },
    ],
    response: {
      type: 'text/event-stream',
      schema: feedEventSchema,
      example: { type: 'session_opened', id: 1, at: 1_790_000_000_000, session_id: SESSION_ID },
    },
    errors: ['not_found', 'rate_limited'],
  },
  hearSignaling: {
    method: 'GET',
    path: SIGNALING,
    summary: 'What is signalled to this peer, as server-sent events. The path is a WebSocket, too.',
    response: {
      type: 'text/event-stream',
      schema: signalingEventSchema,
      example: { type: 'peer', peer_id: 'mobile', state: 'joined' },
    },
    errors: ['not_found', 'rate_limited'],
  },
  saySignaling: {
    method: 'POST',
    path: SIGNALING,
    summary: 'One signaling message of this peer, which listens by GET; why one is not passed on is said there.',
    request: json(signalingMessageSchema, { type: 'offer', sdp: OFFER }),
    errors: ['not_found', 'body_too_large', 'rate_limited'],
  },
  ...PAIRING_ROUTES,
} as const satisfies Record<string, RouteDescription>;

/** The endpoints of a bridge, one for each of {@link ROUTES}. */
export type Endpoints = { readonly [Name in keyof typeof ROUTES]: Endpoint };

/** The names of {@link ROUTES}. */
export const ROUTE_NAMES = namesOf(ROUTES);

function namesOf<Table extends object>(table: Table): (keyof Table)[] {
  const names: (keyof Table)[] = [];
  for (const name in table) names.push(name);
  return names;
}
