import { serveFolder } from '@voice-bridge/bridge-node/node';
import type { DemoInfo } from './src/demo-info.ts';

const POLICY = [
  "default-src 'self'",
  "img-src 'self' data:",
  "script-src 'self' blob:",
  "media-src 'self' blob: mediastream:",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

const OWN_PAGE = new URL('./dist/', import.meta.url);

/**
 * Answers everything that is not the bridge's: a built page (default: this example's), the same one under every path that `routes` fits,
 * and what the server says of itself at `/demo/info`.
 */
export function demoPage(
  info: DemoInfo,
  folder: URL = OWN_PAGE,
  routes?: RegExp,
): (request: Request) => Promise<Response> {
  const files = serveFolder(folder);
  return async (request) => {
    const { pathname } = new URL(request.url);
    if (pathname === '/demo/info') return Response.json(info);
    // A server of local networks answers this itself; any other is at no address that a phone could reach.
    if (pathname === '/lan/info') return Response.json({ urls: [] });
    const response = await files(routes?.test(pathname) ? new Request(new URL('/', request.url), request) : request);
    response.headers.set('content-security-policy', POLICY);
    response.headers.set('referrer-policy', 'no-referrer');
    return response;
  };
}
