import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { skipWithout } from '@voice-bridge/local-realtime/testing';
import { describe, expect, it } from 'vitest';
import { buildGenerator } from './generator.ts';
import { makeRows } from './rows.ts';
import { runOnce } from './run.ts';

const SESSIONS = 2;
/** A tenth of them is what the machine may be late with the window's end. */
const SECONDS = 4;
const PACKETS = SESSIONS * 2 * 50 * SECONDS;

describe.skipIf(skipWithout({ compiler: existsSync('/usr/bin/cc') && existsSync('/usr/include/openssl/ssl.h') }))(
  'the bench of the relay, small',
  () => {
    it('carries speech of two sessions through a real bridge, both ways, every packet [S-3.22]', async () => {
      const [bridge] = await makeRows(['bridge']);
      if (bridge === undefined || !('row' in bridge)) throw new Error('no row');
      const cores = { relayCore: 0, generatorCore: Math.min(1, availableParallelism() - 1) };
      const run = await runOnce({ generator: buildGenerator(), seconds: SECONDS, ...cores }, bridge.row, SESSIONS);
      expect(run.lost).toBe(0);
      expect(run.received).toBe(run.sent);
      expect(run.sent).toBeGreaterThan(0.9 * PACKETS);
      expect(run.sent).toBeLessThan(1.1 * PACKETS);
      expect(run.usPerPacket).toBeGreaterThan(0);
      expect(run.p99).toBeGreaterThan(0);
    });

    it('names the rows there are when it is asked for one there is not', async () => {
      await expect(makeRows(['janus'])).rejects.toThrow(/there are node, bridge, /);
    });
  },
);
