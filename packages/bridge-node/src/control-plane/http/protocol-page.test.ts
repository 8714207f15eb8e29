import { readFileSync } from 'node:fs';
import {
  bridgeRequestSchema,
  bridgeResponseSchema,
  CLOSE_CODES,
  clientControlSchema,
  feedEventSchema,
  participantViewSchema,
  serverControlSchema,
  sessionRequestSchema,
  sessionResponseSchema,
  speechStartedSchema,
  speechStartSchema,
  voiceAnswerSchema,
  voiceDescriptionSchema,
  voiceIceSchema,
} from '@voice-bridge/core';
import { afterEach, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { createTestBridge } from '../../testing/create-test-bridge.ts';
import type { Scope } from './identity.ts';
import { listen } from './listen.ts';
import { ROUTE_NAMES, ROUTES } from './routes.ts';

const PAGE = readFileSync(new URL('../../../../../docs/protocol.md', import.meta.url), 'utf8');
/** What every event of a feed has is told once for all. */
const COMMON = ['type', 'id', 'at', 'session_id'];
const SCOPES: Readonly<Record<Scope, true>> = {
  join: true,
  text: true,
  close: true,
  read: true,
  signal: true,
  moderate: true,
};

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

describe('docs/protocol.md', () => {
  it('has every endpoint that there is, and no other', () => {
    const documented = [...PAGE.matchAll(/^\| `([A-Z]+ \/\S*)` \|/gm)].map(([, route]) => route);
    const served = ROUTE_NAMES.map(
      (name) => `${ROUTES[name].method} ${ROUTES[name].path.replaceAll(/:(\w+)/g, '{$1}')}`,
    );
    expect(documented.toSorted()).toEqual(served.toSorted());
  });

  it('has every WebSocket that there is, and no other', async () => {
    const server = await listen(createTestBridge(), { port: 0 });
    cleanups.push(() => server.close());
    const documented = [...sectionOf('WebSockets').matchAll(/^\| `(\/\S+)` \|/gm)].map(([, path = '']) => path);
    expect(documented).toHaveLength(3);
    for (const path of documented) {
      expect([path, await dial(server.url, path.replace('{peer}', 'desktop').replaceAll(/[{}]/g, ''))]).toEqual([
        path,
        'open',
      ]);
    }
    for (const name of ROUTE_NAMES) {
      const path = ROUTES[name].path.replace(':peer', 'desktop').replaceAll(':', '');
      if (documented.some((each) => each.replace('{peer}', 'desktop').replaceAll(/[{}]/g, '') === path)) continue;
      expect([path, await dial(server.url, path)]).toEqual([path, 404]);
    }
  });

  it('has every close code and every scope, and no other', () => {
    const codes = [...sectionOf('WebSockets').matchAll(/^\| (\d{4}) \| `(\w+)` \|/gm)].map(([, code, name]) => [
      name,
      Number(code),
    ]);
    expect(Object.fromEntries(codes)).toEqual(CLOSE_CODES);
    const scopes = [...PAGE.matchAll(/^\| scope \|.*\n\| ---.*\n((?:\|.*\n)+)/gm)].flatMap(([, rows = '']) =>
      namesIn(rows),
    );
    expect(scopes.toSorted()).toEqual(Object.keys(SCOPES).toSorted());
  });

  it.each([
    ['Feed', [feedEventSchema]],
    ['Control channel', [serverControlSchema, clientControlSchema]],
  ] as const)('has every message of "%s" with its fields', (section, schemas) => {
    const rows = sectionOf(section).split('\n');
    for (const { _zod } of schemas.flatMap((schema) => [...schema._zod.def.options])) {
      const fields = Object.keys(_zod.def.shape).filter((field) => !COMMON.includes(field));
      for (const type of _zod.def.shape.type._zod.def.values) {
        const row = rows.find((line) => line.startsWith('|') && namesIn(`${line}\n`).includes(String(type)));
        expect(row, `${section}: ${type}`).toBeDefined();
        for (const field of fields) expect(row, `${section}: ${type}`).toMatch(new RegExp(`\`${field}[\`:]`));
      }
    }
  });

  it.each([
    ['Feed', [feedEventSchema]],
    ['Control channel', [serverControlSchema, clientControlSchema]],
  ] as const)('has no message of "%s" that there is not', (section, schemas) => {
    const types = schemas.flatMap((schema) =>
      schema._zod.def.options.flatMap(({ _zod }) => [..._zod.def.shape.type._zod.def.values]),
    );
    const named = [...sectionOf(section).matchAll(/^\| `.*$/gm)].flatMap(([row]) => namesIn(`${row}\n`));
    expect(named.filter((name) => name !== 'type' && !types.some((type) => type === name))).toEqual([]);
  });

  it.each([
    ['### Joining by conversation', [bridgeRequestSchema, bridgeResponseSchema]],
    ['### Joining by session', [sessionRequestSchema, sessionResponseSchema]],
    ['### Voice endpoints', [voiceDescriptionSchema, voiceAnswerSchema, voiceIceSchema]],
    ['## Speaking over a WebSocket', [speechStartSchema, speechStartedSchema]],
    ['## Control channel', [participantViewSchema]],
  ] as const)('tells every field of what is said in "%s"', (heading, schemas) => {
    const [, after = ''] = PAGE.split(`\n${heading}\n`);
    const [text = ''] = after.split(/\n#{2,3} /);
    const fields = schemas.flatMap((schema) => Object.keys(schema._zod.def.shape));
    expect(fields.filter((field) => !new RegExp(`[\`"]${field}[\`":]`).test(text))).toEqual([]);
  });
});

/** A section of the page, up to the next heading of its level. */
function sectionOf(title: string): string {
  const [, section = ''] = PAGE.split(`\n## ${title}\n`);
  return section.split('\n## ')[0] ?? '';
}

/** The names in the first cells of a table. */
function namesIn(rows: string): string[] {
  return [...rows.matchAll(/^\| ([^|]*) \|/gm)].flatMap(([, cell = '']) =>
    [...cell.matchAll(/`([\w.]+)`/g)].map(([, name = '']) => name),
  );
}

/** What becomes of a WebSocket to this path. */
function dial(url: string, path: string): Promise<'open' | number | undefined> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}${path}`);
  cleanups.push(() => socket.terminate());
  return new Promise((resolve, reject) => {
    socket.on('open', () => resolve('open'));
    socket.on('unexpected-response', (_request, { statusCode }) => resolve(statusCode));
    socket.on('error', reject);
  });
}
