import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { ROOT } from '../run/paths.mjs';
import { mustRun, run, startServer } from '../run/processes.mjs';
import { installTarballs } from './installed-tarballs.mjs';
import { readAllSnippets } from './readme-snippets.mjs';

const TSC = join(ROOT, 'node_modules', 'typescript-7', 'bin', 'tsc');
const READY = /(https?:\/\/[\w.:[\]-]+(?:\/v1)?)/;

const INDEX =
  '<!doctype html><html lang="en"><title>App</title><div id="root"></div><script type="module" src="/main.tsx"></script></html>';
const MAIN =
  "import { createRoot } from 'react-dom/client';\nimport { App } from './app.tsx';\n\nconst root = document.getElementById('root');\nif (root) createRoot(root).render(<App />);\n";
const SERVER_SIDE =
  "import { renderToString } from 'react-dom/server';\nimport { App } from './app.tsx';\n\nconsole.log(renderToString(<App />));\n";

describe('the packed packages, installed into an empty folder', { timeout: 300_000 }, () => {
  let app;
  const write = (name, text) => writeFileSync(join(app.folder, name), text);
  const node = (title, args, options = {}) =>
    mustRun(title, process.execPath, args, { cwd: app.folder, output: 'keep', ...options });

  before(async () => {
    app = await installTarballs();
    for (const [name, code] of Object.entries(readAllSnippets(ROOT))) write(name, code);
    write('index.html', INDEX);
    write('main.tsx', MAIN);
    write('server-side.tsx', SERVER_SIDE);
  });
  after(() => app?.remove());

  it('hold what every entry and program of their package.json names', async () => {
    for (const { name, exports, bin } of app.packages) {
      const targets = [
        ...Object.values(exports).flatMap((target) => (typeof target === 'string' ? [target] : Object.values(target))),
        ...Object.values(bin ?? {}),
      ];
      for (const target of targets)
        assert.ok(existsSync(join(app.folder, 'node_modules', name, target)), `${name} lacks ${target}`);
      assert.ok(existsSync(join(app.folder, 'node_modules', name, 'LICENSE')), `${name} lacks LICENSE`);
      assert.ok(existsSync(join(app.folder, 'node_modules', name, 'README.md')), `${name} lacks README.md`);
    }
  });

  it('load by import, and by require', async () => {
    for (const { name, exports } of app.packages.filter(({ name }) => !/browser-client|react-hooks/.test(name))) {
      for (const entry of Object.keys(exports).filter((key) => !key.endsWith('.json'))) {
        const specifier = `${name}${entry.slice(1)}`;
        await node(`import ${specifier}`, ['--input-type=module', '-e', `await import('${specifier}')`]);
      }
    }
    await node('require', ['-e', "require('@voice-bridge/core')"]);
  });

  it('type-check the snippets of the documentation', async () => {
    const options = [
      '--strict',
      '--skipLibCheck',
      '--noEmit',
      '--module',
      'ESNext',
      '--moduleResolution',
      'Bundler',
      '--target',
      'ES2022',
      '--allowImportingTsExtensions',
      '--exactOptionalPropertyTypes',
    ];
    await node('server.ts', [TSC, ...options, '--types', 'node', 'server.ts']);
    await node('app.tsx', [
      TSC,
      ...options,
      '--jsx',
      'react-jsx',
      '--lib',
      'ES2023,DOM,DOM.Iterable',
      '--types',
      '',
      'app.tsx',
      'conversation.tsx',
      'page.ts',
      'client.ts',
    ]);
  });

  it("run the README's server against the local model, and its configuration answers", async () => {
    const start = (title, args, more) =>
      startServer(title, process.execPath, args, {
        cwd: app.folder,
        env: { ...process.env, HOST: '127.0.0.1', PORT: '0', ...more },
        ready: READY,
        withinMs: 30_000,
      });
    const model = await start(
      'the local model',
      [join('node_modules', '@voice-bridge', 'local-realtime', 'dist', 'cli.js')],
      {},
    );
    try {
      const server = await start('the server', ['server.ts'], {
        OPENAI_BASE_URL: model.match[1],
        OPENAI_API_KEY: 'local',
      });
      try {
        const response = await fetch(`${server.match[1]}/api/realtime/config`);
        assert.equal(response.status, 200);
        assert.equal(typeof (await response.json()).protocol_version, 'number');
      } finally {
        await server.stop();
      }
    } finally {
      await model.stop();
    }
  });

  it('refuse to start without a model, saying what to do', async () => {
    const { OPENAI_API_KEY: _key, OPENAI_BASE_URL: _url, ...env } = process.env;
    const result = await run(process.execPath, ['server.ts'], {
      cwd: app.folder,
      env: { ...env, PORT: '0' },
      output: 'keep',
    });
    assert.notEqual(result.code, 0);
    assert.match(result.output, /missing_api_key[\s\S]*OPENAI_API_KEY/);
  });

  it("build the README's page with Vite, and render it on a server", async () => {
    const vite = join('node_modules', 'vite', 'bin', 'vite.js');
    await node('vite build', [vite, 'build']);
    await node('vite build for the server', [vite, 'build', '--ssr', 'server-side.tsx', '--outDir', 'server-dist']);
    const { output } = await node('rendering', [join('server-dist', 'server-side.js')]);
    assert.match(output, /<button type="button">Talk<\/button>/);
  });
});
