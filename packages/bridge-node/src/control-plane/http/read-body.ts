import { VoiceBridgeError } from '@voice-bridge/core';

/**
 * Reads a JSON body of at most `maxBytes`, counting while it reads, whatever `Content-Length` says; `whenEmpty` stands in for none at all.
 * Rejects with `unsupported_media_type`, `body_too_large`, `invalid_request` or `aborted`.
 */
export async function readJsonBody(request: Request, maxBytes: number, whenEmpty?: object): Promise<unknown> {
  const isJson = mediaTypeOf(request) === 'application/json';
  if (!isJson && whenEmpty === undefined) throw wrongType('application/json');
  const text = await readText(request, maxBytes);
  if (text === '' && whenEmpty !== undefined) return whenEmpty;
  if (!isJson) throw wrongType('application/json');
  try {
    return JSON.parse(text);
  } catch {
    throw new VoiceBridgeError('invalid_request', 'The body is not JSON');
  }
}

/** {@link readJsonBody} for a body that is text of another type. */
export async function readTextBody(request: Request, type: string, maxBytes: number): Promise<string> {
  if (mediaTypeOf(request) !== type) throw wrongType(type);
  return readText(request, maxBytes);
}

function mediaTypeOf(request: Request): string | undefined {
  return request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase();
}

function wrongType(type: string): VoiceBridgeError {
  return new VoiceBridgeError('unsupported_media_type', `The body must be sent as ${type}`);
}

async function readText(request: Request, maxBytes: number): Promise<string> {
  const declared = Number(request.headers.get('content-length') ?? 0);
  if (declared > maxBytes) throw tooLarge(maxBytes);
  const bytes = await readBytes(request, maxBytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new VoiceBridgeError('invalid_request', 'The body is not text in UTF-8');
  }
}

async function readBytes(request: Request, maxBytes: number): Promise<Uint8Array> {
  const reader: ReadableStreamDefaultReader<Uint8Array> | undefined = request.body?.getReader();
  if (reader === undefined) return new Uint8Array();
  const pieces: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const piece = await reader.read().catch((cause: unknown) => {
      throw new VoiceBridgeError('aborted', 'The body ended early', { cause });
    });
    if (piece.done) return Buffer.concat(pieces, length);
    length += piece.value.byteLength;
    if (length > maxBytes) {
      void reader.cancel().catch(() => {});
      throw tooLarge(maxBytes);
    }
    pieces.push(piece.value);
  }
}

function tooLarge(maxBytes: number): VoiceBridgeError {
  return new VoiceBridgeError('body_too_large', `The body is larger than ${maxBytes} bytes`);
}
