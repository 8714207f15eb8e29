export { type HttpTimeouts, type ListeningServer, type ListenOptions, listen } from './control-plane/http/listen.ts';
export { serveFolder } from './control-plane/http/serve-folder.ts';
