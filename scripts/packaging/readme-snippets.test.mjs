import assert from 'node:assert/strict';
import { it } from 'node:test';
import { ROOT } from '../run/paths.mjs';
import { readAllSnippets, readSnippets, unhandledConnects } from './readme-snippets.mjs';

it('snippets are found by their names', () => {
  const page = 'text\n<!-- snippet: a.ts -->\n```ts\nlet a = 1;\n```\n```ts\nunnamed\n```\n';
  assert.deepEqual(readSnippets(page), { 'a.ts': 'let a = 1;\n' });
  assert.deepEqual(Object.keys(readAllSnippets(ROOT)).sort(), [
    'app.tsx',
    'client.ts',
    'conversation.tsx',
    'link-panel.tsx',
    'page.ts',
    'phone-page.tsx',
    'server.ts',
  ]);
});

it('no snippet leaves a connect() that may fail alone', () => {
  assert.equal(unhandledConnects("on('click', () => voice.connect());\nlive ? stop() : connect()").length, 2);
  assert.deepEqual(unhandledConnects('voice.connect().catch(show);\nawait voice.connect();'), []);
  for (const [name, code] of Object.entries(readAllSnippets(ROOT))) assert.deepEqual(unhandledConnects(code), [], name);
});
