import {
  acceptedResponseSchema,
  conversationListSchema,
  ENDPOINTS,
  PAIRING_SECONDS,
  pairedPhonesSchema,
  pairingRequestSchema,
  pairingResponseSchema,
  phoneCredentialSchema,
  redeemRequestSchema,
  removedResponseSchema,
} from '@voice-bridge/core';
import { json, type RouteDescription } from '../http/route-description.ts';

const PHONE = `${ENDPOINTS.pairing}/:conversation/:peer`;
const TOKEN = 'Yc0sV1qkD3mTzR8uWb5nJx7pGh2eLf9a';
const CREDENTIAL = {
  credential: 'vbphone.Hq3LsD9a.T1mZ7hPqVx0KjW2eUyGtRfcN',
  conversation_id: 'kitchen',
  peer_id: 'mobile',
  state: 'accepted',
  expires_in_seconds: 14_400,
} as const;

/** The endpoints of pairing, as part of the table of all. */
export const PAIRING_ROUTES = {
  invitePhone: {
    method: 'POST',
    path: ENDPOINTS.pairing,
    summary: 'Makes a token and a code that one phone can redeem, once; with "confirm", it then waits to be accepted.',
    request: json(pairingRequestSchema, { conversation_id: 'kitchen', peer_id: 'mobile', confirm: true }),
    response: json(pairingResponseSchema, {
      token: TOKEN,
      code: 'K7QM-2XPA',
      peer_id: 'mobile',
      expires_in_seconds: PAIRING_SECONDS,
    }),
    created: true,
    errors: ['not_found', 'too_many_participants', 'rate_limited', 'shutting_down'],
  },
  redeemPairing: {
    method: 'POST',
    path: ENDPOINTS.redeemPairing,
    summary: 'Makes a token, or a code, into the credential of a phone; takes no token of the application.',
    request: json(redeemRequestSchema, { token: TOKEN, name: 'Ann’s phone' }),
    response: json(phoneCredentialSchema, CREDENTIAL),
    errors: ['pairing_unknown', 'pairing_expired', 'pairing_used', 'pairing_locked', 'rate_limited'],
  },
  renewPairing: {
    method: 'POST',
    path: ENDPOINTS.renewPairing,
    summary: 'Makes the credential that the phone shows into a fresh one; the old one is good for a minute more.',
    response: json(phoneCredentialSchema, CREDENTIAL),
    errors: ['rate_limited'],
  },
  listPhones: {
    method: 'GET',
    path: `${ENDPOINTS.pairing}/:conversation/phones`,
    summary: 'The invitations and the phones of the conversation.',
    response: json(pairedPhonesSchema, {
      phones: [
        { peer_id: 'mobile', phone_id: 'q3Yb1xk0', state: 'waiting', name: 'Ann’s phone', expires_in_seconds: 14_390 },
      ],
    }),
    errors: ['not_found'],
  },
  acceptPhone: {
    method: 'POST',
    path: PHONE,
    summary: 'Lets a phone in that waits; does nothing for one that is in.',
    response: json(acceptedResponseSchema, { status: 'accepted' }),
    errors: ['not_found'],
  },
  removePhone: {
    method: 'DELETE',
    path: PHONE,
    summary:
      'Ends a phone and its invitation: its credential is dead. Also answers when there is none. A phone may end itself.',
    response: json(removedResponseSchema, { status: 'removed' }),
    errors: ['not_found'],
  },
  listConversations: {
    method: 'GET',
    path: ENDPOINTS.conversations,
    summary: 'The conversations with a session that the asker may join.',
    response: json(conversationListSchema, {
      conversations: [{ conversation_id: 'kitchen', state: 'open', opened_at: 1_790_000_000_000, participants: 1 }],
    }),
    errors: [],
  },
} as const satisfies Record<string, RouteDescription>;
