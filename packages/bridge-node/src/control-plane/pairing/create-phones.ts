import { PHONE_IDS, type PhoneSelection, parseValue } from '@voice-bridge/core';
import * as z from 'zod/mini';
import type { PhoneFilter, Phones } from '../voice-bridge-interface.ts';
import type { Pairings } from './pairings.ts';

const filterSchema = z.strictObject({
  conversationId: z.optional(z.string()),
  subject: z.optional(z.string()),
  peerId: z.optional(z.enum(PHONE_IDS)),
});

/** The phones that were paired as the application that runs the bridge sees them. */
export function createPhones(pairings: Pick<Pairings, 'list' | 'revoke'>): Phones {
  return {
    list: (filter = {}) =>
      pairings
        .list(selectionOf('list', filter))
        .map(({ conversationId, peerId, state, name, inviter, expiresInMs }) => {
          return { conversationId, peerId, state, name, subject: inviter, expiresInMs };
        }),
    revoke(filter) {
      const which = selectionOf('revoke', filter);
      if (Object.keys(filter).length === 0) throw new TypeError('phones.revoke: say which phones');
      const count = pairings.list(which).length;
      pairings.revoke(which);
      return count;
    },
  };
}

function selectionOf(method: string, filter: PhoneFilter): PhoneSelection {
  const parsed = parseValue(filterSchema, filter);
  if (!parsed.ok) throw new TypeError(`phones.${method}: ${parsed.problem}`);
  // What was to name somebody, and names nobody, must not mean everybody.
  const [missing] = Object.entries(filter).find(([, value]) => value === undefined) ?? [];
  if (missing !== undefined) throw new TypeError(`phones.${method}: ${missing} is undefined`);
  const { conversationId, subject, peerId } = parsed.value;
  return { conversationId, inviter: subject, peerId };
}
