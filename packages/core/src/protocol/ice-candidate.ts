import * as z from 'zod/mini';
import { textOf } from './text-of.ts';

/** As `RTCIceCandidate.toJSON()` gives it (W3C WebRTC 4.8.1); null or an empty one: there are no more. */
export const iceCandidateSchema = z.nullable(
  z.object({
    candidate: textOf(0, 1_024),
    sdpMid: z.optional(z.nullable(textOf(0, 64))),
    sdpMLineIndex: z.optional(z.nullable(z.number())),
    usernameFragment: z.optional(z.nullable(textOf(0, 256))),
  }),
);
