import {
  type Clock,
  type ConversationList,
  PAIRING_SECONDS,
  type PairedPhones,
  type PairingResponse,
  type PhoneCredential,
  type PhoneId,
  pairingRequestSchema,
  parsePeerId,
  parseValue,
  type RedeemRequest,
  redeemRequestSchema,
  VoiceBridgeError,
} from '@voice-bridge/core';
import { requireConversation, requireScope, valid } from '../http/checks.ts';
import type { EndpointPorts } from '../http/endpoint-ports.ts';
import { ANONYMOUS, type Caller, mayTouch } from '../http/identity.ts';
import { readJsonBody } from '../http/read-body.ts';
import { type Asker, askerOf } from '../http/reauthorize.ts';
import type { Endpoints } from '../http/routes.ts';
import { SubjectRates } from '../limits/subject-rates.ts';
import type { ConversationLeads } from './conversation-leads.ts';
import type { Inviters } from './inviters.ts';
import type { IssuedCredential, Pairings } from './pairings.ts';
import { phoneAddress } from './phone-address.ts';

/** What the endpoints of pairing run on. */
export interface PairingPorts extends EndpointPorts {
  readonly pairings: Pairings;
  readonly leads: ConversationLeads;
  readonly inviters: Inviters;
  readonly clock: Clock;
}

type PairingEndpoints = Pick<
  Endpoints,
  'invitePhone' | 'redeemPairing' | 'renewPairing' | 'listPhones' | 'acceptPhone' | 'removePhone' | 'listConversations'
>;

/** What fills a request of these many times over. */
const MAX_BODY_BYTES = 4_096;
const MAX_SUBJECTS = 10_000;
/** Of one subject in a minute, and at once. */
const [INVITES, INVITES_AT_ONCE] = [30, 16];
const [RENEWALS, RENEWALS_AT_ONCE] = [10, 5];
/** From one address in a minute, and at once; from one that many may share ten times as many. */
const [REDEEMS, REDEEMS_AT_ONCE] = [30, 15];
const SHARED_BY = 10;

/** The endpoints by which a desktop invites phones, a phone gets and keeps its credential, and a phone finds conversations. */
export function createPairingEndpoints(ports: PairingPorts): PairingEndpoints {
  const { access, directory, pairings, leads, inviters, clock } = ports;
  const invites = new SubjectRates(INVITES, INVITES_AT_ONCE, MAX_SUBJECTS);
  const renewals = new SubjectRates(RENEWALS, RENEWALS_AT_ONCE, MAX_SUBJECTS);
  const redeems = new SubjectRates(REDEEMS, REDEEMS_AT_ONCE, MAX_SUBJECTS);
  const sharedRedeems = new SubjectRates(REDEEMS * SHARED_BY, REDEEMS_AT_ONCE * SHARED_BY, 1);
  const requireJoiner = (asker: Asker, conversationId: string): Caller => {
    requireConversation(asker.identity, conversationId);
    requireScope(asker.identity, 'join');
    inviters.showed(asker, conversationId);
    return asker.identity;
  };
  /** The leader decides about all phones, and who invited one about that one. */
  const requireDecider = (asker: Asker, conversationId: string, peerId: PhoneId) => {
    const caller = requireJoiner(asker, conversationId);
    if (leads.mayLead(caller, conversationId)) return;
    const entries = pairings.list({ conversationId, peerId });
    if (entries.length > 0 && entries.every(({ inviter }) => inviter === caller.subject)) return;
    throw notLeading();
  };
  return {
    async invitePhone(request, { bind }) {
      const asker = await askerOf(access, request, bind);
      const caller = asker.identity;
      const wanted = valid(parseValue(pairingRequestSchema, await readJsonBody(request, MAX_BODY_BYTES)));
      const { conversation_id: conversationId, peer_id: peerId, confirm = false } = wanted;
      if (!mayTouch(caller, conversationId)) {
        throw new VoiceBridgeError('forbidden', 'This conversation is not yours');
      }
      requireJoiner(asker, conversationId);
      if (!leads.mayLead(caller, conversationId)) throw notLeading();
      invites.take(caller.subject, clock.now());
      const inviter = caller === ANONYMOUS ? null : caller.subject;
      const leader = leads.leaderOf(conversationId) ?? caller.subject;
      const { token, code, peerId: invited } = pairings.invite({ conversationId, peerId, confirm, inviter, leader });
      inviters.invited(asker, conversationId);
      const body: PairingResponse = { token, code, peer_id: invited, expires_in_seconds: PAIRING_SECONDS };
      return Response.json(body, { status: 201 });
    },

    async redeemPairing(request, { bind, address }) {
      access.checkBind(bind);
      const from = phoneAddress(address);
      const wish = wishIn(await readJsonBody(request, MAX_BODY_BYTES));
      const [by, text] = 'token' in wish ? (['token', wish.token] as const) : (['code', wish.code] as const);
      // Who shows a right token waits for nobody who guesses, though they come from one address.
      const isRight = by === 'token' && pairings.isToken(text);
      if (!isRight) (from.isShared ? sharedRedeems : redeems).take(from.name, clock.now());
      return Response.json(onWire(pairings.redeem(by, text, from, wish.name ?? null)));
    },

    async renewPairing(request, { bind }) {
      access.checkBind(bind);
      const { phoneId, conversationId, inviter } = pairings.renewing(request);
      renewals.take(phoneId, clock.now());
      if (inviter !== null) await inviters.check(conversationId, inviter);
      return Response.json(onWire(pairings.renew(request)));
    },

    async listPhones(request, { bind, params }) {
      const caller = requireJoiner(await askerOf(access, request, bind), params.conversation);
      const all = pairings.list({ conversationId: params.conversation });
      const leading = leads.mayLead(caller, params.conversation);
      const seen = leading ? all : all.filter(({ inviter }) => inviter === caller.subject);
      if (!leading && seen.length === 0) throw notLeading();
      const phones = seen.map(({ peerId, phoneId, state, name, expiresInMs }) => {
        return { peer_id: peerId, phone_id: phoneId, state, name, expires_in_seconds: secondsOf(expiresInMs) };
      });
      const body: PairedPhones = { phones };
      return Response.json(body);
    },

    async acceptPhone(request, { bind, params }) {
      const asker = await askerOf(access, request, bind);
      const peerId = phoneIdOf(params.peer);
      requireDecider(asker, params.conversation, peerId);
      pairings.accept(params.conversation, peerId);
      return Response.json({ status: 'accepted' });
    },

    async removePhone(request, { bind, params }) {
      const asker = await askerOf(access, request, bind);
      const peerId = phoneIdOf(params.peer);
      requireConversation(asker.identity, params.conversation);
      // A phone may go, and takes nobody with it.
      if (asker.identity.phone?.peerId === peerId) {
        pairings.leave(params.conversation, peerId);
      } else {
        requireDecider(asker, params.conversation, peerId);
        pairings.remove(params.conversation, peerId);
      }
      return Response.json({ status: 'removed' });
    },

    async listConversations(request, { bind }) {
      const caller = await access.identify(request, bind);
      requireScope(caller, 'join');
      const open = directory.list().filter(({ conversationId }) => mayTouch(caller, conversationId));
      const conversations = open.flatMap(({ conversationId, state, openedAt, participants }) =>
        state === 'closed'
          ? []
          : [{ conversation_id: conversationId, state, opened_at: openedAt, participants: participants.length }],
      );
      const body: ConversationList = { conversations };
      return Response.json(body);
    },
  };
}

/** What is wrong with it is not said in detail: that may quote the secret. */
function wishIn(body: unknown): RedeemRequest {
  const wish = parseValue(redeemRequestSchema, body);
  if (wish.ok) return wish.value;
  throw new VoiceBridgeError('invalid_request', 'Expected a token or a code, and perhaps a name');
}

function onWire({ credential, phone, expiresInMs }: IssuedCredential): PhoneCredential {
  const { conversationId, peerId, state } = phone;
  return {
    credential,
    conversation_id: conversationId,
    peer_id: peerId,
    state,
    expires_in_seconds: secondsOf(expiresInMs),
  };
}

function notLeading(): VoiceBridgeError {
  return new VoiceBridgeError('forbidden', 'Only who leads the conversation, or may moderate, decides about phones');
}

function secondsOf(ms: number): number {
  return Math.floor(ms / 1_000);
}

function phoneIdOf(text: string): PhoneId {
  const peerId = parsePeerId(text);
  if (peerId === undefined || peerId === 'desktop') throw new VoiceBridgeError('invalid_request', 'Invalid peer_id');
  return peerId;
}
