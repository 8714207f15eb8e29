import { readFile, realpath } from 'node:fs/promises';
import { extname, join, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.jpg': 'image/jpeg',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.mp3': 'audio/mpeg',
  '.ogg': 'audio/ogg',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.wav': 'audio/wav',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
};
/** A bundler's name with a hash in it: its content never changes. */
const HASHED = /-[A-Za-z0-9_-]{8,}\.[a-z0-9]+$/;

/**
 * Answers GET and HEAD with the files of a folder, `index.html` for a path that ends in `/`; made for `listen`'s `fallback`.
 * Nothing outside the folder and nothing whose name begins with a dot is ever read, whatever the path or a link says.
 */
export function serveFolder(folder: string | URL): (request: Request) => Promise<Response> {
  const root = resolve(folder instanceof URL ? fileURLToPath(folder) : folder);
  return async (request) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return new Response('Only GET and HEAD can be asked for here', { status: 405, headers: { allow: 'GET, HEAD' } });
    }
    const file = fileOf(root, new URL(request.url).pathname);
    const body = file === undefined ? undefined : await read(root, file);
    if (file === undefined || body === undefined) return new Response('Not found', { status: 404 });
    const headers = {
      'content-type': TYPES[extname(file).toLowerCase()] ?? 'application/octet-stream',
      'content-length': String(body.length),
      'cache-control': HASHED.test(file) ? 'public, max-age=31536000, immutable' : 'no-cache',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    };
    return new Response(request.method === 'HEAD' ? null : body, { headers });
  };
}

function fileOf(root: string, pathname: string): string | undefined {
  const path = decode(pathname);
  if (path === undefined || /[\0\\]/.test(path) || path.split('/').some((part) => part.startsWith('.')))
    return undefined;
  return join(root, path.endsWith('/') ? `${path}index.html` : path);
}

function decode(pathname: string): string | undefined {
  try {
    return decodeURIComponent(pathname);
  } catch {
    return undefined;
  }
}

async function read(root: string, file: string): Promise<Buffer<ArrayBuffer> | undefined> {
  try {
    const [realRoot, realFile] = await Promise.all([realpath(root), realpath(file)]);
    return realFile.startsWith(realRoot + sep) ? await readFile(realFile) : undefined;
  } catch {
    return undefined;
  }
}
