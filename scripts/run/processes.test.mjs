import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Failure } from './console.mjs';
import { mustRun, quote, run, startServer } from './processes.mjs';

const node = process.execPath;
const keep = { output: 'keep' };

describe('run', () => {
  it('gives exit code and output, and never rejects', async () => {
    assert.deepEqual(await run(node, ['-e', 'console.log("a"); process.exit(3)'], keep), { code: 3, output: 'a\n' });
    assert.equal((await run('no-such-program', [], keep)).code, 127);
    assert.equal((await run(node, ['-e', 'process.kill(process.pid, "SIGTERM")'], keep)).code, 143);
  });
});

describe('mustRun', () => {
  it('fails with step, code and the command to type', async () => {
    await assert.rejects(mustRun('The step', node, ['-e', 'process.exit(2)'], keep), (error) => {
      assert.ok(error instanceof Failure);
      assert.match(error.message, /The step failed with exit code 2/);
      assert.match(error.fix, /-e 'process\.exit\(2\)'/);
      return true;
    });
  });
});

describe('startServer', () => {
  const ready = /ready at (\S+)\n/;
  it('is ready at the matching line, and stops', async () => {
    const code =
      'process.stdout.write("rea"); setTimeout(() => console.log("dy at x"), 5); setInterval(() => {}, 1000)';
    const server = await startServer('s', node, ['-e', code], { env: process.env, ready, withinMs: 10_000 });
    assert.equal(server.match[1], 'x');
    await server.stop();
  });
  it('fails when it ends first', async () => {
    const options = { env: process.env, ready, withinMs: 10_000 };
    await assert.rejects(
      startServer('s', node, ['-e', 'process.exit(4)'], options),
      /ended with exit code 4 before it was ready/,
    );
  });
  it('fails when it stays silent', async () => {
    const options = { env: process.env, ready, withinMs: 50 };
    await assert.rejects(startServer('s', node, ['-e', 'setInterval(() => {}, 1000)'], options), /not ready within/);
  });
});

describe('quote', () => {
  it('writes a command as one types it', () => {
    assert.equal(quote('npm', ['run', 'a b', "it's"]), "npm run 'a b' 'it'\\''s'");
  });
});
