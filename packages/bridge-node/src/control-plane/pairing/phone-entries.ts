import {
  type Invitation,
  openInvitations,
  type PairedPhone,
  type PairingState,
  type PhoneId,
  type PhoneSelection,
  selectedPhones,
} from '@voice-bridge/core';

/** An invitation or a phone as those see it who decide about it. */
export interface PhoneEntry {
  readonly conversationId: string;
  readonly peerId: PhoneId;
  /** Of this pairing; null while nobody came. */
  readonly phoneId: string | null;
  readonly state: 'invited' | PairedPhone['state'];
  /** What the phone calls itself. */
  readonly name: string | null;
  /** Whoever invited it; null for nobody in particular. */
  readonly inviter: string | null;
  /** Who led the conversation then. */
  readonly leader: string;
  /** From now until the invitation or the credential runs out. */
  readonly expiresInMs: number;
}

/** Those that are meant: the phones first, then the invitations that can be redeemed. */
export function phoneEntries(state: PairingState, which: PhoneSelection, now: number): PhoneEntry[] {
  const phones = selectedPhones(state, which).map((phone) => {
    const { phoneId, name, credential } = phone;
    return { ...common(phone), phoneId, state: phone.state, name, expiresInMs: credential.expiresAt - now };
  });
  const invited = openInvitations(state, which, now).map((invitation) => {
    const nobody = { phoneId: null, state: 'invited', name: null } as const;
    return { ...common(invitation), ...nobody, expiresInMs: invitation.expiresAt - now };
  });
  return [...phones, ...invited];
}

function common({ conversationId, peerId, inviter, leader }: Invitation | PairedPhone) {
  return { conversationId, peerId, inviter, leader };
}
