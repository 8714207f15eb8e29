import { describe, expect, it } from 'vitest';
import { HELP, readCommandLine } from './read-command-line.ts';

const DEFAULTS = {
  help: false,
  host: '127.0.0.1',
  port: 3000,
  open: false,
  lan: false,
  tools: undefined,
  instructions: undefined,
};

describe('the command line', () => {
  it('has defaults for everything', () => {
    expect(readCommandLine([], {})).toEqual({ ok: true, value: DEFAULTS });
    expect(readCommandLine([], { HOST: '', PORT: '' })).toEqual({ ok: true, value: DEFAULTS });
  });

  it('takes the environment, and arguments before it', () => {
    const environment = { HOST: '0.0.0.0', PORT: '8080', VOICE_BRIDGE_AUTHORIZE: 'open' };
    expect(readCommandLine([], environment)).toMatchObject({ value: { host: '0.0.0.0', port: 8080, open: true } });
    expect(readCommandLine(['--host', '::1', '--port=0'], environment)).toMatchObject({
      value: { host: '::1', port: 0 },
    });
  });

  it('takes tools, instructions, open and help', () => {
    expect(readCommandLine(['--tools', 'tools.ts', '--instructions', 'Be brief.', '--open', '-h'], {})).toEqual({
      ok: true,
      value: { ...DEFAULTS, tools: 'tools.ts', instructions: 'Be brief.', open: true, help: true },
    });
  });

  it('listens in local networks when told to', () => {
    expect(readCommandLine(['--lan'], {})).toEqual({ ok: true, value: { ...DEFAULTS, lan: true } });
    expect(readCommandLine([], { VOICE_BRIDGE_LAN: '1' })).toEqual({ ok: true, value: { ...DEFAULTS, lan: true } });
  });

  it.each([
    [['--port', 'x'], {}],
    [['--port', '65536'], {}],
    [['--port=-1'], {}],
    [[], { PORT: '3.5' }],
    [['--colour'], {}],
    [['start'], {}],
    [['--host'], {}],
    [[], { VOICE_BRIDGE_AUTHORIZE: 'yes' }],
    [[], { VOICE_BRIDGE_LAN: 'yes' }],
  ])('says what is wrong with %j %j', (args, environment) => {
    expect(readCommandLine(args, environment)).toEqual({ ok: false, problem: expect.any(String) });
  });

  it('is explained in full by --help', () => {
    for (const option of ['--host', '--port', '--open', '--lan', '--tools', '--instructions', '--help'])
      expect(HELP).toContain(option);
  });
});
