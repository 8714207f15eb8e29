import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { request as plainRequest } from 'node:http';
import { request as secureRequest } from 'node:https';
import { connect as connectPlain } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { ENDPOINTS, eventsPath } from '@voice-bridge/core';
import { ManualClock } from '@voice-bridge/core/testing';
import { afterEach, describe, expect, it } from 'vitest';
import type { VoiceBridgeOptions } from '../../options.ts';
import { createTestBridge } from '../../testing/create-test-bridge.ts';
import { type ListeningServer, type ListenOptions, listen } from '../http/listen.ts';
import { describeLan } from './describe-lan.ts';
import { openLan } from './open-lan.ts';

/** Addresses of this machine that every Linux has, apart from the one the bridge itself is at. */
const [ONE, TWO] = ['127.0.0.2', '127.0.0.3'];
const TOKEN = 'owner-token-owner-token-owner-token';
const CONFIG = ENDPOINTS.config;
const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'voice-bridge-lan-'));
  cleanups.push(() => rmSync(path, { recursive: true }));
  return path;
}

async function start(cacheFolder: string, options: VoiceBridgeOptions = {}, listenOptions: ListenOptions = {}) {
  const bridge = createTestBridge(options);
  const lan = { addresses: [ONE], cacheFolder, token: TOKEN, startPath: '/talk' };
  const fallback = ({ url }: Request) => new Response(`page ${new URL(url).pathname}`);
  const server = await listen(bridge, { port: 0, lan, fallback, ...listenOptions });
  cleanups.push(async () => {
    await server.close();
    await bridge.close();
  });
  return server;
}

/** The authority's certificate as a phone gets it: over plain HTTP, from the address that the terminal shows. */
async function authorityOf(server: ListeningServer): Promise<string> {
  const url = server.lan?.certificatePage ?? expect.fail('no certificate page');
  const der = Buffer.from(await (await fetch(`${url}/voice-bridge.crt`)).arrayBuffer());
  return `-----BEGIN CERTIFICATE-----\n${der.toString('base64')}\n-----END CERTIFICATE-----\n`;
}

interface Asked {
  readonly ca: string | undefined;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

async function ask(url: string, { body, ...options }: Asked) {
  // The name in the certificate is that of the address, whatever the Host.
  const request = secureRequest(url, { ...options, agent: false, servername: '' });
  request.end(body);
  const [response] = await once(request, 'response');
  let text = '';
  response.setEncoding('utf8').on('data', (piece: string) => {
    text += piece;
  });
  await once(response, 'end');
  return { status: response.statusCode, headers: response.headers, text };
}

const bearer = { authorization: `Bearer ${TOKEN}` };

describe('a server of local networks', () => {
  it('is trusted by who installed its authority, at its address, and by nobody else', async () => {
    const server = await start(folder());
    const url = `https://${ONE}:${server.port}`;
    expect(server.lan?.urls).toEqual([url]);
    expect((await ask(`${url}/health`, { ca: await authorityOf(server) })).text).toBe('{"status":"ok"}');
    await expect(ask(`${url}/health`, { ca: undefined })).rejects.toThrow();
  });

  it('keeps its authority and its certificate from start to start', async () => {
    const cache = folder();
    const seen = [];
    for (let count = 0; count < 2; count++) {
      const server = await start(cache);
      const ca = await authorityOf(server);
      const socket = connect({ host: ONE, port: server.port, ca });
      await once(socket, 'secureConnect');
      seen.push([ca, server.lan?.fingerprint, socket.getPeerCertificate().fingerprint256]);
      socket.destroy();
      await server.close();
    }
    expect(seen[1]).toEqual(seen[0]);
  });

  it('never gives away a key: the certificate it offers is the authority itself, and the page names its fingerprint', async () => {
    const server = await start(folder());
    const ca = await authorityOf(server);
    const page = await ask(`https://${ONE}:${server.port}/lan`, { ca });
    expect(page.status).toBe(200);
    expect(page.text).toContain(server.lan?.fingerprint);
    expect(page.text).toContain('Certificate Trust Settings');
    expect(page.text).not.toContain(TOKEN);
    expect(page.headers['content-security-policy']).toContain("default-src 'none'");
    for (const path of ['authority.pem', 'server.pem', 'lan/authority.pem']) {
      expect((await ask(`https://${ONE}:${server.port}/${path}`, { ca })).text).not.toContain('PRIVATE');
    }
  });

  it('lets nobody use anything of the API without the token', async () => {
    const server = await start(folder(), { authorize: 'open' });
    const ca = await authorityOf(server);
    const url = `https://${ONE}:${server.port}`;
    for (const path of [CONFIG, ENDPOINTS.session]) {
      expect((await ask(url + path, { ca })).status).toBe(401);
      expect((await ask(url + path, { ca, headers: { authorization: 'Bearer wrong' } })).status).toBe(401);
      expect((await ask(url + path, { ca, headers: bearer })).status).toBe(200);
    }
  });

  it('exchanges the token for a cookie that works as well, and for nothing else', async () => {
    const server = await start(folder());
    const ca = await authorityOf(server);
    const url = `https://${ONE}:${server.port}`;
    const letIn = (body: string) => ask(`${url}/lan/owner`, { ca, method: 'POST', body });
    expect((await letIn('wrong')).status).toBe(401);
    expect((await letIn('x'.repeat(300))).status).toBe(413);
    expect((await ask(`${url}/lan/owner`, { ca })).status).toBe(405);
    const { status, headers } = await letIn(TOKEN);
    expect(status).toBe(204);
    const [cookie = ''] = headers['set-cookie'] ?? [];
    expect(cookie).toMatch(/^__Host-.*; Path=\/; .*Secure; HttpOnly; SameSite=Strict$/);
    const [pair = ''] = cookie.split(';');
    expect((await ask(url + CONFIG, { ca, headers: { cookie: `a=b; ${pair}` } })).status).toBe(200);
    expect((await ask(url + CONFIG, { ca, headers: { cookie: `${pair}x` } })).status).toBe(401);
    const info = async (cookies: string) =>
      JSON.parse((await ask(`${url}/lan/info`, { ca, headers: { cookie: cookies } })).text);
    expect(await info(pair)).toMatchObject({ urls: [url], owner: true });
    expect(await info('')).toMatchObject({ urls: [url], owner: false });
  });

  it('asks the application instead where that says who may connect', async () => {
    const server = await start(folder(), { authorize: () => ({ subject: 'ada', conversations: 'any' }) });
    const ca = await authorityOf(server);
    expect((await ask(`https://${ONE}:${server.port}${CONFIG}`, { ca })).status).toBe(200);
    expect(server.lan?.invitation).toBe(`https://${ONE}:${server.port}/talk`);
  });

  it.each([
    ['its own origin', (url: string) => ({ origin: url }), 200],
    ['the same host without TLS', (url: string) => ({ origin: url.replace('https', 'http') }), 403],
    ['another port', (url: string) => ({ origin: url.replace(/:\d+$/, ':1') }), 403],
    ['a page of this machine', () => ({ origin: 'http://localhost:3000' }), 403],
    ['a rebound Host', () => ({ host: 'evil.example' }), 403],
    ['the name of this machine', () => ({ host: 'localhost' }), 403],
  ])('judges %s', async (_name, headersFor, status) => {
    const server = await start(folder());
    const ca = await authorityOf(server);
    const url = `https://${ONE}:${server.port}`;
    expect((await ask(url + CONFIG, { ca, headers: { ...bearer, ...headersFor(url) } })).status).toBe(status);
  });

  it('opens WebSockets to the token alone', async () => {
    const server = await start(folder());
    const ca = await authorityOf(server);
    const upgrade = async (protocols: string) => {
      const socket = connect({ host: ONE, port: server.port, ca });
      const lines = [
        `GET ${eventsPath('c')}?after=0 HTTP/1.1`,
        `Host: ${ONE}:${server.port}`,
        'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13',
        'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
        `Sec-WebSocket-Protocol: ${protocols}`,
      ];
      socket.write(`${lines.join('\r\n')}\r\n\r\n`);
      let said = '';
      socket.on('data', (bytes) => {
        said += bytes.toString('latin1');
      });
      await expect.poll(() => said).toMatch(/"type"/);
      socket.destroy();
      return said;
    };
    expect(await upgrade('voice-bridge.v1')).toContain('unauthorized');
    expect(await upgrade(`voice-bridge.v1, voice-bridge.token.${TOKEN}`)).not.toContain('unauthorized');
  });

  it('leaves this machine as it was: plain, on localhost, without a token, and for its own pages', async () => {
    const server = await start(folder());
    expect(server.url).toBe(`http://localhost:${server.port}`);
    expect((await fetch(server.url + CONFIG)).status).toBe(200);
    expect((await fetch(server.url + CONFIG, { headers: { origin: 'http://192.168.1.5' } })).status).toBe(403);
    const info = await (await fetch(`${server.url}/lan/info`)).json();
    expect(info).toMatchObject({ urls: [`https://${ONE}:${server.port}`] });
    const rebound = plainRequest(`${server.url}/lan/info`, { headers: { host: 'evil.example' } }).end();
    const [refused] = await once(rebound, 'response');
    expect(refused.resume().statusCode).toBe(403);
    expect(await (await fetch(`${server.url}/x`)).text()).toBe('page /x');
  });
});

describe('plain HTTP at the port of TLS', () => {
  const raw = async (server: ListeningServer, text: string): Promise<string> => {
    const socket = connectPlain(server.port, ONE);
    socket.write(text);
    let answer = '';
    socket.setEncoding('latin1').on('data', (piece: string) => {
      answer += piece;
    });
    await once(socket, 'close');
    return answer;
  };

  it('sends a browser on to HTTPS at this server, whatever Host it says', async () => {
    const server = await start(folder());
    const here = `https://${ONE}:${server.port}`;
    const go = async (path: string, host: string) => await raw(server, `GET ${path} HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
    expect(await go('/a?b=c', `${ONE}:${server.port}`)).toContain(`\r\nlocation: ${here}/a?b=c\r\n`);
    expect(await go('//[', 'evil.example')).toContain(`\r\nlocation: ${here}//[\r\n`);
    expect(await go(CONFIG, `${ONE}:${server.port}`)).toMatch(/^HTTP\/1\.1 308 /);
  });

  it('shows the page there, too', async () => {
    const server = await start(folder());
    const response = await fetch(`http://${ONE}:${server.port}/lan`);
    expect(await response.text()).toContain('Download the certificate');
  });

  it.each([
    ['a POST', 'POST /lan HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['no Host', 'GET / HTTP/1.1\r\n\r\n'],
    ['9 kB of headers', `GET / HTTP/1.1\r\nX: ${'x'.repeat(9_000)}`],
    ['no HTTP at all', 'hello\r\n\r\n'],
  ])('refuses %s', async (_name, text) => {
    expect(await raw(await start(folder()), text)).toMatch(/^HTTP\/1\.1 400 /);
  });

  it('closes with connections open that never said a word', async () => {
    const server = await start(folder());
    const silent = connectPlain(server.port, ONE);
    await once(silent, 'connect');
    const ended = once(silent, 'close');
    await server.close();
    await ended;
  });
});

describe('the addresses', () => {
  it('are followed: a new one is served with a certificate that names it, one that went is let go', async () => {
    const bridge = createTestBridge();
    const clock = new ManualClock();
    const port = await freePort();
    let present = [ONE, TWO].slice(0, 1);
    const ports = { bridge, port, fallback: undefined, timeouts: undefined, isBridgePath: () => true, clock };
    const interfaces = () => ({ wlan0: present.map((address) => ({ address, internal: false })) });
    const lan = await openLan({ ...ports, interfaces }, { cacheFolder: folder() });
    cleanups.push(() => lan.close());
    const told: (readonly string[])[] = [];
    lan.access.subscribe(() => told.push(lan.access.urls));
    present = [TWO];
    clock.advance(5_000);
    await expect.poll(() => told).toEqual([[`https://${TWO}:${port}`]]);
    const socket = connect({ host: TWO, port, rejectUnauthorized: false });
    await once(socket, 'secureConnect');
    expect(socket.getPeerCertificate().subjectaltname).toContain(TWO);
    socket.destroy();
    await expect(once(connectPlain(port, ONE), 'connect')).rejects.toThrow();
    present = [];
    await expect.poll(() => clock.advance(5_000) ?? lan.access.urls).toEqual([]);
    expect(lan.access.invitation).toBeUndefined();
    expect(describeLan(lan.access)).toContain('No local network');
  });

  it('of the internet, and names of it, need a certificate of their own', async () => {
    const refused = (lan: ListenOptions['lan']) =>
      expect(listen(createTestBridge(), { port: 0, lan })).rejects.toThrow(TypeError);
    await refused({ addresses: ['8.8.8.8'] });
    await refused({ names: ['voice.example.com'] });
    await refused({ certificate: { certPem: '', keyPem: '' } });
    await refused({ token: 'short' });
    await refused({ startPath: '//evil.example' });
    await expect(listen(createTestBridge(), { host: '0.0.0.0', lan: true })).rejects.toThrow(TypeError);
  });
});

async function freePort(): Promise<number> {
  const server = await listen(createTestBridge(), { port: 0 });
  await server.close();
  return server.port;
}
