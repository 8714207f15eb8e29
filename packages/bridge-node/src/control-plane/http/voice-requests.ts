import {
  type SpeechStart,
  type VoiceAnswer,
  VoiceBridgeError,
  type VoiceDescription,
  type VoiceIce,
  type VoiceOffer,
} from '@voice-bridge/core';
import type { JoinMedia } from '../directory/session-participants.ts';
import type { Joined } from '../directory/session-requests.ts';
import type { EndpointPorts } from './endpoint-ports.ts';
import { type Caller, mayOpen, mayTouch } from './identity.ts';
import { type Asker, recheckOf } from './reauthorize.ts';
import { checkOffer, offering } from './session-requests.ts';

/** Where somebody wants to speak, and as whom. */
export type VoicePlace = Omit<SpeechStart, 'type'>;

/** A place in the session of a conversation. */
export interface JoinedVoice extends Joined {
  readonly conversationId: string;
}

/** What is asked under `/api/voice` and on `/ws/speech`: always joins the session there is, and opens one when there is none. */
export class VoiceRequests {
  readonly #ports: EndpointPorts;

  constructor(ports: EndpointPorts) {
    this.#ports = ports;
  }

  /** Lets somebody in. Rejects with `forbidden`, and as joining and opening do. */
  async join(asker: Asker, place: VoicePlace, media: JoinMedia, signal: AbortSignal): Promise<JoinedVoice> {
    const { directory, requests, mintConversationId } = this.#ports;
    const { identity, bind } = asker;
    const conversationId = place.conversation_id ?? mintConversationId();
    if (!mayTouch(identity, conversationId)) {
      throw new VoiceBridgeError('forbidden', 'Name a conversation that is yours');
    }
    const { name, role, resume_token: resumeToken } = place;
    // Whose connection is held here is asked for again as long as that is open.
    const recheck = media.type === 'join' ? recheckOf(asker, conversationId) : undefined;
    const joiner = requests.join(identity, { media, name, role, resumeToken, recheck }, signal);
    const wanted = { identity, bind, signal, conversationId, wishes: place, renews: undefined, waits: false };
    const opening = mayOpen(identity) ? requests.open(wanted) : undefined;
    return { conversationId, ...(await directory.join(conversationId, joiner, opening)) };
  }

  /** Answers an offer, or makes one. Rejects with `invalid_offer` before anything is dialled. */
  async offer(asker: Asker, offer: VoiceOffer, signal: AbortSignal): Promise<VoiceDescription> {
    const { sdp = null, ...place } = offer;
    if (sdp !== null) checkOffer(this.#ports.validateOffer, sdp);
    const joined = await this.join(asker, place, offering(sdp), signal);
    return {
      type: sdp === null ? 'offer' : 'answer',
      sdp: joined.answer,
      session_id: joined.sessionId,
      peer_id: joined.participantId,
      conversation_id: joined.conversationId,
      resume_token: joined.resumeToken,
    };
  }

  /** Hands over a client's answer. Throws `not_found` for a peer that is not there or not the asker's, `invalid_offer` for what is no answer. */
  answer({ identity }: Asker, { peer_id: participantId, sdp }: VoiceAnswer): void {
    const conversationId = this.#conversationOf(identity, participantId);
    const answer = this.#ports.validateAnswer(sdp);
    if (!answer.ok) throw new VoiceBridgeError('invalid_offer', `The answer cannot be taken: ${answer.problem}`);
    this.#ports.directory.answerJoin(conversationId, participantId, sdp);
  }

  /**
   * Takes a candidate, without effect: every candidate of ours is in our description, and the client's address is learnt from
   * its checks (RFC 8445 section 7.3.1.3). Throws `not_found` as {@link answer} does.
   */
  ice({ identity }: Asker, { peer_id: participantId }: VoiceIce): void {
    this.#conversationOf(identity, participantId);
  }

  #conversationOf(identity: Caller, participantId: string): string {
    const conversationId = this.#ports.directory.conversationOf(participantId, identity.subject);
    if (conversationId !== undefined && mayTouch(identity, conversationId)) return conversationId;
    throw new VoiceBridgeError('not_found', 'There is no such peer');
  }
}
