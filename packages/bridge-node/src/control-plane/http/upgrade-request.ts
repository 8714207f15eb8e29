import type { IncomingMessage } from 'node:http';
import { SUBPROTOCOL, TOKEN_SUBPROTOCOL_PREFIX } from '@voice-bridge/core';

/** What an upgrade asks for, as plain HTTP: headers, address, and the token of its subprotocols as `Authorization: Bearer`. */
export function requestOf(message: IncomingMessage): Request | undefined {
  const path = message.url ?? '';
  const address = `http://${message.headers.host ?? ''}${path}`;
  if (!path.startsWith('/') || !URL.canParse(address)) return undefined;
  const headers = new Headers();
  for (const [name, values] of Object.entries(message.headersDistinct)) {
    if (name === 'sec-websocket-protocol') continue;
    for (const value of values ?? []) headers.append(name, value);
  }
  const token = offeredProtocols(message)
    .find((protocol) => protocol.startsWith(TOKEN_SUBPROTOCOL_PREFIX))
    ?.slice(TOKEN_SUBPROTOCOL_PREFIX.length);
  if (token !== undefined && !headers.has('authorization')) headers.set('authorization', `Bearer ${token}`);
  return new Request(address, { headers });
}

/** True when the client offers subprotocols and ours is not among them: it would have to close what we accept. */
export function speaksAnotherProtocol(message: IncomingMessage): boolean {
  const offered = offeredProtocols(message);
  return offered.length > 0 && !offered.includes(SUBPROTOCOL);
}

function offeredProtocols(message: IncomingMessage): string[] {
  const header = message.headers['sec-websocket-protocol'] ?? '';
  return header
    .split(',')
    .map((protocol) => protocol.trim())
    .filter((protocol) => protocol !== '');
}
