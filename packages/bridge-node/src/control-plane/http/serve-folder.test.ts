import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serveFolder } from './serve-folder.ts';

let base: string;
let serve: (request: Request) => Promise<Response>;

beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'serve-folder-'));
  const root = join(base, 'site');
  await mkdir(join(root, 'assets'), { recursive: true });
  await writeFile(join(base, 'secret.txt'), 'secret');
  await mkdir(join(base, 'site-two'));
  await writeFile(join(base, 'site-two', 'x.txt'), 'secret');
  await writeFile(join(root, 'index.html'), '<h1>page</h1>');
  await writeFile(join(root, '.env'), 'secret');
  await writeFile(join(root, 'assets', 'index-B1x2y3z4.js'), 'run()');
  await writeFile(join(root, 'größe.txt'), 'ü');
  await symlink(join(base, 'secret.txt'), join(root, 'link.txt'));
  serve = serveFolder(root);
});

afterAll(() => rm(base, { recursive: true }));

const get = (path: string, method = 'GET') => serve(new Request(`http://localhost${path}`, { method }));

describe('serveFolder', () => {
  it('serves the index and files with their type', async () => {
    const index = await get('/');
    expect([index.status, index.headers.get('content-type'), await index.text()]).toEqual([
      200,
      'text/html; charset=utf-8',
      '<h1>page</h1>',
    ]);
    expect(index.headers.get('cache-control')).toBe('no-cache');
    const script = await get('/assets/index-B1x2y3z4.js');
    expect(script.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    expect(script.headers.get('cache-control')).toContain('immutable');
    expect(script.headers.get('x-content-type-options')).toBe('nosniff');
    expect(await (await get('/gr%C3%B6%C3%9Fe.txt')).text()).toBe('ü');
  });

  it('answers HEAD with the length and no body', async () => {
    const head = await get('/index.html', 'HEAD');
    expect([head.headers.get('content-length'), await head.text()]).toEqual(['13', '']);
  });

  it.each([
    '/../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/..%5csecret.txt',
    '/%2e%2e%2fsite-two/x.txt',
    '/assets/../../secret.txt',
    '/link.txt',
    '/.env',
    '/%00',
    '/%',
    '/assets',
    '/assets/',
    '/nothing.html',
    '//etc/passwd',
  ])('%s is not found', async (path) => {
    const response = await get(path);
    expect([response.status, await response.text()]).toEqual([404, 'Not found']);
  });

  it('takes no other method', async () => {
    expect((await get('/', 'POST')).status).toBe(405);
  });
});
