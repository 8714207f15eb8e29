import { fileURLToPath } from 'node:url';

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
  map: 'application/json',
};
const SAFE_PATH = /^\/(?:assets\/)?[\w-]+(?:\.[\w-]+)*$/;

/** Serves the built page from `folder`: `/` is its index, everything else a file by its plain name. */
export function staticPage(folder: URL, read: (path: string) => Uint8Array<ArrayBuffer>) {
  return (request: Request): Response => {
    const { pathname } = new URL(request.url);
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return new Response('Method not allowed', { status: 405 });
    const path = pathname === '/' ? '/index.html' : pathname;
    if (!SAFE_PATH.test(path)) return new Response('Not found', { status: 404 });
    try {
      const body = read(fileURLToPath(new URL(`.${path}`, folder)));
      const type = TYPES[path.slice(path.lastIndexOf('.') + 1)] ?? 'application/octet-stream';
      return new Response(request.method === 'HEAD' ? null : body, { headers: headersFor(type, path) });
    } catch {
      return new Response('Not found. Was the page built? npm start builds it.', { status: 404 });
    }
  };
}

function headersFor(type: string, path: string): Record<string, string> {
  return {
    'content-type': type,
    'cache-control': path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'content-security-policy':
      "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; script-src 'self' blob:; worker-src 'self' blob:; media-src 'self' blob: mediastream:; frame-ancestors 'none'",
  };
}
