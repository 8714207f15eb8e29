import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { skipWithout } from '@voice-bridge/local-realtime/testing';
import { describe, expect, it } from 'vitest';
import { buildGenerator } from '../relay/generator.ts';
import { runCrowd } from './crowd.ts';
import { runSessions } from './run.ts';

const cores = [0, Math.min(1, availableParallelism() - 1)] as const;
const small = { sessions: 2, warmUpSeconds: 3, seconds: 6, cores };
/** On a busy machine people speak late, and jitter buffers do what they are for. */
const ALLOWED_LOSS = 0.05;
const hasCompiler = existsSync('/usr/bin/cc') && existsSync('/usr/include/openssl/ssl.h');

describe('the bench of sessions, small', () => {
  it.skipIf(skipWithout({ compiler: hasCompiler }))(
    'two people speak in turn and at once: their packets are in what the model hears, and both hear every packet of its answers [S-4.14]',
    async () => {
      const { said, missing, missingAtBridge, unplayed, heard, directMs, load, unread } = await runCrowd({
        ...small,
        generator: buildGenerator(),
      });
      const [sent, lost] = [said.map((one) => one.sent), said.map((one) => one.lost)].map(total);
      expect(sent).toBeGreaterThan(600);
      expect(lost).toBeLessThan(ALLOWED_LOSS * (sent ?? 0));
      expect(Math.min(...said.flatMap(({ delaysMs }) => delaysMs))).toBeGreaterThan(directMs);
      expect(Math.min(...heard.map(({ packets }) => packets))).toBeGreaterThanOrEqual(200);
      expect(heard.map((each) => [each.lost, each.wrong])).toEqual(heard.map(() => [0, 0]));
      expect([missing, missingAtBridge, unplayed, unread]).toEqual([0, 0, 0, 0]);
      expect(load).toBeGreaterThan(0);
    },
  );

  it('two people speak over a websocket leg: their packets reach the model, and both hear the assistant alike', async () => {
    const { said, heard, unequal, load } = await runSessions({ ...small, leg: 'websocket' });
    expect(said.sent).toBeGreaterThan(600);
    expect(said.lost).toBeLessThan(ALLOWED_LOSS * said.sent);
    expect(said.delaysMs.length).toBeGreaterThan(50);
    expect(heard.map(({ lost, repeated }) => [lost, repeated])).toEqual(heard.map(() => [0, 0]));
    expect(Math.min(...heard.map(({ packets }) => packets))).toBeGreaterThan(100);
    expect(unequal).toBe(0);
    expect(load).toBeGreaterThan(0);
  });

  it('hears every packet without a bridge', async () => {
    const { said } = await runSessions({ ...small, leg: 'direct' });
    expect(said.sent).toBeGreaterThan(600);
    expect(said.lost).toBe(0);
    expect(said.delaysMs.length).toBeGreaterThan(50);
  });
});

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
