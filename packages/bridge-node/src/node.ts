export type { HttpTimeouts } from './control-plane/http/bridge-server.ts';
export { type ListeningServer, type ListenOptions, listen } from './control-plane/http/listen.ts';
export { serveFolder } from './control-plane/http/serve-folder.ts';
export type { CertificatePair } from './control-plane/lan/certificate-authority.ts';
export { describeLan } from './control-plane/lan/describe-lan.ts';
export type { LanAccess, LanOptions } from './control-plane/lan/open-lan.ts';
