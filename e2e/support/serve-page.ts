import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const TYPES = { '.js': 'text/javascript', '.css': 'text/css' } as const;

/** The built page, served on a free port of this machine. */
export interface ServedPage {
  readonly url: string;
  close(): void;
}

/** Builds the page of a folder with vite and serves it. */
export async function servePage(folder: URL): Promise<ServedPage> {
  const built = await build({
    configFile: false,
    root: fileURLToPath(folder),
    logLevel: 'error',
    build: { write: false, minify: false, target: 'es2022', chunkSizeWarningLimit: 10_000 },
  });
  const files = new Map<string, string | Uint8Array>();
  for (const bundle of Array.isArray(built) ? built : [built]) {
    if (!('output' in bundle)) throw new Error('vite watches instead of building');
    for (const file of bundle.output) files.set(`/${file.fileName}`, file.type === 'chunk' ? file.code : file.source);
  }
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const file = files.get(pathname === '/' ? '/index.html' : pathname);
    if (file === undefined) return response.writeHead(404).end();
    return response.writeHead(200, { 'content-type': typeOf(pathname) }).end(file);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The page has no port');
  return {
    url: `http://127.0.0.1:${address.port}/`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

function typeOf(pathname: string): string {
  const known = Object.entries(TYPES).find(([ending]) => pathname.endsWith(ending));
  return known?.[1] ?? 'text/html';
}
