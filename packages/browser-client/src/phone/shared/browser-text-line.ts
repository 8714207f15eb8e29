import type { TextLineFactory } from './signaling-host.ts';

/** Opens a WebSocket of this browser (WHATWG WebSockets). */
export const openBrowserTextLine: TextLineFactory = (url, protocols, sinks) => {
  const address = new URL(url, document.baseURI);
  address.protocol = address.protocol.replace('http', 'ws');
  const line = new WebSocket(address, [...protocols]);
  const listeners = new AbortController();
  const until = { signal: listeners.signal };
  line.addEventListener('open', () => sinks.onOpen(), until);
  line.addEventListener(
    'message',
    (event: MessageEvent<unknown>) => {
      if (typeof event.data === 'string') sinks.onText(event.data);
    },
    until,
  );
  line.addEventListener(
    'close',
    ({ code }) => {
      listeners.abort();
      sinks.onClosed(code);
    },
    until,
  );
  return {
    send(text) {
      if (line.readyState === line.OPEN) line.send(text);
    },
    close() {
      listeners.abort();
      line.close();
    },
  };
};
