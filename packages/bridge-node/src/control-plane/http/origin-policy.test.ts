import { describe, expect, it } from 'vitest';
import { isLoopbackName, judgeOrigin, type OriginPolicy } from './origin-policy.ts';

const loopback: OriginPolicy = {
  bind: 'loopback',
  production: false,
  credentials: false,
  allowedOrigins: [],
  allowedHosts: undefined,
};
const besideLan: OriginPolicy = { ...loopback, bind: 'beside_lan' };
const production: OriginPolicy = { ...loopback, production: true };
const open: OriginPolicy = { ...loopback, bind: 'public' };
const authorized: OriginPolicy = { ...open, credentials: true };
const lanBind = { origins: () => ['https://192.168.1.5:3000', 'https://[fd00::5]:3000'], isOwner: () => false };
const lan: OriginPolicy = { ...loopback, bind: lanBind };
const lanListed: OriginPolicy = { ...lan, allowedOrigins: ['https://app.example'], allowedHosts: ['voice.example'] };
const listed: OriginPolicy = {
  ...open,
  allowedHosts: ['voice.example', 'api.example:8443'],
  allowedOrigins: ['https://app.example'],
};

describe('Host and Origin', () => {
  it.each([
    ['no origin', loopback, 'localhost:3000', undefined, 'ok'],
    ['in a local network, its own origin', lan, '192.168.1.5:3000', 'https://192.168.1.5:3000', 'ok'],
    ['in a local network, its other address', lan, '192.168.1.5:3000', 'https://[fd00::5]:3000', 'ok'],
    ['in a local network, no TLS', lan, '192.168.1.5:3000', 'http://192.168.1.5:3000', 'origin_not_allowed'],
    ['in a local network, another machine', lan, '192.168.1.5:3000', 'https://192.168.1.6:3000', 'origin_not_allowed'],
    ['in a local network, a local page', lan, '192.168.1.5:3000', 'http://localhost:5173', 'origin_not_allowed'],
    ['in a local network, another Host', lan, '192.168.1.6:3000', undefined, 'host_not_allowed'],
    ['in a local network, this machine as Host', lan, 'localhost:3000', undefined, 'host_not_allowed'],
    ['in a local network, a listed page', lanListed, '192.168.1.5:3000', 'https://app.example', 'ok'],
    ['in a local network, a listed Host', lanListed, 'voice.example', undefined, 'ok'],
    ['beside a local network, the own page', besideLan, 'localhost:3000', 'http://localhost:3000', 'ok'],
    ['beside a local network, a local page', besideLan, 'localhost:3000', 'http://127.0.0.1:5173', 'ok'],
    ['beside a local network, a private page', besideLan, 'localhost', 'http://192.168.1.5', 'origin_not_allowed'],
    ['beside a local network, one with TLS', besideLan, 'localhost', 'https://[fd00::5]:3000', 'origin_not_allowed'],
    ['beside a local network, a rebound host', besideLan, 'evil.example', undefined, 'host_not_allowed'],
    ['beside a local network, its address as Host', besideLan, '192.168.1.5:3000', undefined, 'host_not_allowed'],
    ['own origin', loopback, 'localhost:3000', 'http://localhost:3000', 'ok'],
    ['another local page', loopback, 'localhost:3000', 'http://127.0.0.1:5173', 'ok'],
    ['a local page by IPv6', loopback, '[::1]:3000', 'http://[::1]:5173', 'ok'],
    ['a local page with TLS', loopback, '127.0.0.1:3000', 'https://localhost', 'ok'],
    ['[S-2.19] a page of the private network', loopback, 'localhost:3000', 'http://192.168.1.5:5173', 'ok'],
    ['[S-2.19] one of 10/8 with TLS', loopback, 'localhost:3000', 'https://10.0.0.5:5173', 'ok'],
    ['[S-2.19] one of 172.16/12', loopback, 'localhost:3000', 'http://172.31.255.255', 'ok'],
    ['[S-2.19] one of a unique local address', loopback, 'localhost:3000', 'http://[fd12::5]:5173', 'ok'],
    ['one of a link-local address', loopback, 'localhost:3000', 'http://[fe80::1]', 'ok'],
    ['one just outside 172.16/12', loopback, 'localhost:3000', 'http://172.32.0.1', 'origin_not_allowed'],
    ['one of a public address', loopback, 'localhost:3000', 'http://11.0.0.1', 'origin_not_allowed'],
    ['one of a public IPv6 address', loopback, 'localhost:3000', 'http://[2001:db8::1]', 'origin_not_allowed'],
    ['a name that begins as an address', loopback, 'localhost', 'http://10.0.0.5.evil.example', 'origin_not_allowed'],
    ['a name that begins as 192.168', loopback, 'localhost', 'http://192.168.evil.example', 'origin_not_allowed'],
    ['[S-2.19] a private page in production', production, 'localhost', 'http://192.168.1.5', 'origin_not_allowed'],
    ['[S-2.19] a local page in production', production, 'localhost', 'http://localhost:5173', 'origin_not_allowed'],
    ['the own page in production', production, 'localhost:3000', 'http://localhost:3000', 'ok'],
    [
      'a listed local page in production',
      { ...production, allowedOrigins: ['http://localhost:5173'] },
      'localhost:3000',
      'http://localhost:5173',
      'ok',
    ],
    ['[S-2.19] a private page on a public bind', open, '192.168.1.5', 'http://192.168.1.6', 'origin_not_allowed'],
    ['a foreign page', loopback, 'localhost:3000', 'https://evil.example', 'origin_not_allowed'],
    ['a page called like localhost', loopback, 'localhost:3000', 'http://localhost.evil.example', 'origin_not_allowed'],
    ['a sandboxed page', loopback, 'localhost:3000', 'null', 'origin_not_allowed'],
    ['a file', loopback, 'localhost:3000', 'file://', 'origin_not_allowed'],
    ['an extension', loopback, 'localhost:3000', 'chrome-extension://abcdef', 'origin_not_allowed'],
    ['an origin with a path', loopback, 'localhost:3000', 'http://localhost:3000/x', 'origin_not_allowed'],
    ['an empty origin', loopback, 'localhost:3000', '', 'origin_not_allowed'],
    ['a rebound host', loopback, 'evil.example:3000', 'http://evil.example:3000', 'host_not_allowed'],
    ['a rebound host without origin', loopback, 'evil.example', undefined, 'host_not_allowed'],
    ['no host', loopback, '', undefined, 'host_not_allowed'],
    ['a host with user', loopback, 'localhost@evil.example', undefined, 'host_not_allowed'],
    ['a host with a path', loopback, 'localhost/evil', undefined, 'host_not_allowed'],
    [
      'a host listed on loopback',
      { ...loopback, allowedHosts: ['x.tunnel.example'] },
      'x.tunnel.example',
      undefined,
      'ok',
    ],

    ['own address', open, '192.168.1.5:3000', 'http://192.168.1.5:3000', 'ok'],
    ['own IPv6 address', open, '[fd00::5]:3000', 'http://[fd00::5]:3000', 'ok'],
    ['a local page on a public bind', open, 'localhost:3000', 'http://localhost:5173', 'origin_not_allowed'],
    ['another port of the host', open, '192.168.1.5:3000', 'http://192.168.1.5:80', 'origin_not_allowed'],
    ['a name that may be rebound', open, 'evil.example', 'http://evil.example', 'host_not_allowed'],
    ['a name, with credentials', authorized, 'voice.example', 'https://voice.example', 'ok'],
    ['a name and its default port', authorized, 'voice.example:443', 'https://voice.example', 'ok'],
    ['a foreign page, with credentials', authorized, 'voice.example', 'https://evil.example', 'origin_not_allowed'],

    ['a listed host', listed, 'voice.example:3000', undefined, 'ok'],
    ['a listed host in capitals', listed, 'Voice.Example', undefined, 'ok'],
    ['a listed host and port', listed, 'api.example:8443', undefined, 'ok'],
    ['a listed host, another port', listed, 'api.example:9', undefined, 'host_not_allowed'],
    ['an address beside a list', listed, '192.168.1.5:3000', undefined, 'host_not_allowed'],
    ['a listed page', listed, 'voice.example', 'https://app.example', 'ok'],
    ['a listed page without TLS', listed, 'voice.example', 'http://app.example', 'origin_not_allowed'],
    ['the host of a listed page', listed, 'app.example', 'https://app.example', 'ok'],
  ] as const)('%s', (_name, policy, host, origin, expected) => {
    const verdict = judgeOrigin(host, origin, policy);
    expect(verdict.allowed ? 'ok' : verdict.code).toBe(expected);
    if (verdict.allowed) expect(verdict.corsOrigin).toBe(origin);
  });

  it.each(['localhost', 'LOCALHOST', '127.0.0.1', '127.8.8.8', '::1', '[::1]'])('%s is this machine', (name) => {
    expect(isLoopbackName(name)).toBe(true);
  });

  it.each(['0.0.0.0', '::', '192.168.0.1', 'localhost.example', '127.0.0.1.example', '1127.0.0.1', ''])(
    '%s is not',
    (name) => {
      expect(isLoopbackName(name)).toBe(false);
    },
  );
});
