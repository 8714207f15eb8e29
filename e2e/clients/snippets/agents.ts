// Snippets of docs/testing.md, as they stand there.
import {
  OpenAIRealtimeWebRTC,
  type OpenAIRealtimeWebRTCOptions,
  OpenAIRealtimeWebSocket,
  type RealtimeAgent,
  RealtimeSession,
} from '@openai/agents-realtime';

// #region browser
/** In a page, over WebRTC. Then: `await session.connect({ apiKey: clientSecret })`. */
export function sessionInBrowser(agent: RealtimeAgent, url: string, media: OpenAIRealtimeWebRTCOptions = {}) {
  const transport = new OpenAIRealtimeWebRTC({ ...media, baseUrl: `${url}/realtime/calls` });
  return { transport, session: new RealtimeSession(agent, { transport }) };
}
// #endregion browser

// #region node
/** In Node, over a WebSocket. Then: `await session.connect({ apiKey: 'any' })`. */
export function sessionInNode(agent: RealtimeAgent, url: string, model = 'gpt-realtime-2.1') {
  const transport = new OpenAIRealtimeWebSocket({ url: `${url.replace('http', 'ws')}/realtime?model=${model}` });
  return { transport, session: new RealtimeSession(agent, { transport, model }) };
}
// #endregion node
