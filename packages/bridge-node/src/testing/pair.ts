import {
  ENDPOINTS,
  type PairingResponse,
  type PhoneCredential,
  pairingResponseSchema,
  parseValue,
  phoneCredentialSchema,
} from '@voice-bridge/core';
import type { BridgeDoors } from '../control-plane/voice-bridge-interface.ts';
import { type Ask, ask, post } from './ask.ts';

/** The header of somebody's token. */
export function bearer(token: string): Ask {
  return { headers: { authorization: `Bearer ${token}` } };
}

/** Invites a phone to the conversation `kitchen`; `wish` says more. */
export async function invite(doors: BridgeDoors, wish: object = {}, options: Ask = {}): Promise<PairingResponse> {
  const response = await post(doors, ENDPOINTS.pairing, { conversation_id: 'kitchen', ...wish }, options);
  const parsed = parseValue(pairingResponseSchema, await response.json());
  if (!parsed.ok || response.status !== 201) throw new Error(`Not invited: ${response.status}`);
  return parsed.value;
}

/** Tries to redeem a token or a code, from this address. */
export function redeem(doors: BridgeDoors, body: object, address?: string): Promise<Response> {
  const from: BridgeDoors = { ...doors, fetch: (request) => doors.fetch(request, address) };
  return post(from, ENDPOINTS.redeemPairing, body);
}

/** Invites a phone and redeems that. */
export async function pair(doors: BridgeDoors, wish: object = {}, options: Ask = {}): Promise<PhoneCredential> {
  const { token } = await invite(doors, wish, options);
  return credentialIn(await redeem(doors, { token, name: 'Ann’s phone' }));
}

/** Renews a credential. */
export function renew(doors: BridgeDoors, credential: string): Promise<Response> {
  return ask(doors, ENDPOINTS.renewPairing, { method: 'POST', ...bearer(credential) });
}

/** The credential that an answer gives. */
export async function credentialIn(response: Response): Promise<PhoneCredential> {
  const parsed = parseValue(phoneCredentialSchema, await response.json());
  if (!parsed.ok) throw new Error(`No credential: ${response.status}`);
  return parsed.value;
}
