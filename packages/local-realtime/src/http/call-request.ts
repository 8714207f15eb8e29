import { CALL_PARTS, MAX_SDP_LENGTH, parseCallSession, type SessionConfig } from '@voice-bridge/core/openai';
import { faultProblem, httpProblem } from './http-problem.ts';

/** What `POST /v1/realtime/calls` carries. */
export interface CallRequest {
  readonly offer: string;
  readonly session: SessionConfig | undefined;
}

/**
 * Reads a call request: multipart with the parts `sdp` and, if wanted, `session` (with or without types and file names), or bare SDP.
 * Throws an `HttpProblem` for anything else.
 */
export async function readCallRequest(request: Request): Promise<CallRequest> {
  const type = request.headers.get('content-type')?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (type === 'application/sdp') return { offer: checkedOffer(await request.text()), session: undefined };
  if (type !== 'multipart/form-data') {
    throw httpProblem(
      415,
      'unsupported_content_type',
      `Unsupported content type '${type.slice(0, 100)}': use multipart/form-data or application/sdp.`,
    );
  }
  const form = await readForm(request);
  const offer = await partText(form.get(CALL_PARTS.sdp));
  if (offer === undefined) throw httpProblem(400, 'missing_required_parameter', "Missing part 'sdp'.", 'sdp');
  const session = await partText(form.get(CALL_PARTS.session));
  return { offer: checkedOffer(offer), session: session === undefined ? undefined : readSession(session) };
}

async function readForm(request: Request): Promise<FormData> {
  try {
    return await request.formData();
  } catch {
    throw httpProblem(400, 'invalid_multipart', 'The multipart body could not be read.');
  }
}

async function partText(part: ReturnType<FormData['get']>): Promise<string | undefined> {
  if (part === null) return undefined;
  return typeof part === 'string' ? part : await part.text();
}

function checkedOffer(offer: string): string {
  if (offer.length > MAX_SDP_LENGTH)
    throw httpProblem(413, 'offer_too_large', `The offer is longer than ${MAX_SDP_LENGTH} characters.`, 'sdp');
  return offer;
}

function readSession(text: string): SessionConfig {
  const parsed = parseCallSession(text);
  if (!parsed.ok) throw faultProblem(parsed.fault);
  return parsed.value;
}
