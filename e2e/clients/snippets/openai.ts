// Snippets of docs/testing.md, as they stand there.
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import OpenAI from 'openai';
import { OpenAIRealtimeWebSocket } from 'openai/realtime/websocket';
import { OpenAIRealtimeWS } from 'openai/realtime/ws';

/** A session of its own, or the sideband of a call. */
type Target = { readonly model: string } | { readonly callID: string };

/** The HTTP half. */
export function api(url: string): OpenAI {
  return new OpenAI({ baseURL: url, apiKey: 'any' });
}

// #region secret
/** On your server: a page connects with a client secret, which begins with `ek_`. */
export async function mintClientSecret(url: string): Promise<string> {
  const openai = new OpenAI({ baseURL: url, apiKey: 'any' });
  return (await openai.realtime.clientSecrets.create({})).value;
}
// #endregion secret

// #region ws
/** Over the `ws` package: it takes the certificate among its options. */
export function overWs(url: string, certPem: string, target: Target = { model: 'gpt-realtime' }) {
  return new OpenAIRealtimeWS({ ...target, options: { ca: certPem } }, new OpenAI({ baseURL: url, apiKey: 'any' }));
}
// #endregion ws

// #region native
/** Over the runtime's own WebSocket: it trusts what the process trusts, from NODE_EXTRA_CA_CERTS or from here. */
export function trust(certPem: string): void {
  setDefaultCACertificates([...getCACertificates('default'), certPem]);
}

export function overNative(url: string, target: Target = { model: 'gpt-realtime' }) {
  return new OpenAIRealtimeWebSocket(target, new OpenAI({ baseURL: url, apiKey: 'any' }));
}
// #endregion native
