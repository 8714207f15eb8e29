import { signalingPath } from '@voice-bridge/core';
import { ManualClock } from '@voice-bridge/core/testing';
import { describe, expect, it } from 'vitest';
import { ask } from '../../testing/ask.ts';
import { createTestBridge } from '../../testing/create-test-bridge.ts';
import { bearer } from '../../testing/pair.ts';
import { deferred } from '../directory/deferred.ts';
import { UNANSWERED } from './reauthorize.ts';

const MINUTE = 60_000;
const ANN = { subject: 'ann', conversations: 'any' } as const;

/** Somebody who stays, of whom the application says this each time it is asked. */
async function start(say: (asked: number) => typeof ANN | null | Promise<typeof ANN | null>) {
  const clock = new ManualClock();
  let asked = 0;
  const bridge = createTestBridge({ authorize: () => say(asked++) }, { clock });
  const { body } = await ask(bridge, signalingPath('kitchen', 'desktop'), bearer('ann'));
  let isOver = false;
  const heard = new Response(body).text().finally(() => {
    isOver = true;
  });
  return { clock, bridge, heard, asked: () => asked, isOver: () => isOver };
}

const never = new Promise<never>(() => {});

describe('somebody who stays', () => {
  it('is asked for again though one question was never answered, and goes when they may not stay', async () => {
    const { clock, heard, isOver } = await start((asked) => (asked === 0 ? ANN : asked === 1 ? never : null));
    await clock.advanceAsync(MINUTE);
    expect(isOver()).toBe(false);
    await clock.advanceAsync(MINUTE);
    expect([isOver(), await heard]).toEqual([true, expect.stringContaining('"unauthorized"')]);
  });

  it('stays while the application is silent for a while only', async () => {
    const { clock, bridge, asked, isOver } = await start((asked) => (asked % UNANSWERED === 0 ? ANN : never));
    await clock.advanceAsync(3 * UNANSWERED * MINUTE);
    expect([isOver(), asked()]).toEqual([false, 1 + 3 * UNANSWERED]);
    await bridge.close();
  });

  it('goes when the application says nothing about them any more, and is asked for no longer', async () => {
    const { clock, asked, isOver } = await start((asked) => (asked === 0 ? ANN : never));
    await clock.advanceAsync(UNANSWERED * MINUTE);
    expect(isOver()).toBe(false);
    await clock.advanceAsync(MINUTE);
    expect([isOver(), asked(), clock.pending]).toEqual([true, 1 + UNANSWERED, 0]);
  });

  it('is not put out by an answer of before that comes late', async () => {
    const late = deferred<null>();
    const { clock, bridge, isOver } = await start((asked) => (asked === 1 ? late.promise : ANN));
    await clock.advanceAsync(2 * MINUTE);
    late.resolve(null);
    await clock.advanceAsync(MINUTE);
    expect(isOver()).toBe(false);
    await bridge.close();
  });
});
