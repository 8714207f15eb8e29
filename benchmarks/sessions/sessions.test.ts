import { availableParallelism } from 'node:os';
import { describe, expect, it } from 'vitest';
import { runSessions } from './run.ts';

const cores = [0, Math.min(1, availableParallelism() - 1)] as const;
const small = { sessions: 2, warmUpSeconds: 3, seconds: 6, cores };
/** On a busy machine people speak late, and jitter buffers do what they are for. */
const ALLOWED_LOSS = 0.05;

describe('the bench of sessions, small', () => {
  it.each(['webrtc', 'websocket'] as const)(
    'two people speak in turn and at once over a %s leg: their packets reach the model, and both hear the assistant alike',
    async (leg) => {
      const { said, heard, unequal, load } = await runSessions({ ...small, leg });
      expect(said.sent).toBeGreaterThan(600);
      expect(said.lost).toBeLessThan(ALLOWED_LOSS * said.sent);
      expect(said.delaysMs.length).toBeGreaterThan(50);
      expect(heard.map(({ lost, repeated }) => [lost, repeated])).toEqual(heard.map(() => [0, 0]));
      expect(Math.min(...heard.map(({ packets }) => packets))).toBeGreaterThan(100);
      expect(unequal).toBe(0);
      expect(load).toBeGreaterThan(0);
    },
  );

  it('hears every packet without a bridge', async () => {
    const { said } = await runSessions({ ...small, leg: 'direct' });
    expect(said.sent).toBeGreaterThan(600);
    expect(said.lost).toBe(0);
    expect(said.delaysMs.length).toBeGreaterThan(50);
  });
});
