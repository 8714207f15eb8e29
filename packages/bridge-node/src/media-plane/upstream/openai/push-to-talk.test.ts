import { ManualClock } from '@voice-bridge/core/testing';
import { expect, it } from 'vitest';
import { COMMIT_AFTER_MS, PushToTalk } from './push-to-talk.ts';

function start() {
  const clock = new ManualClock();
  const sent: string[] = [];
  const pushToTalk = new PushToTalk(clock, (input) => {
    sent.push(input.type === 'commitInput' ? `commit ${input.author}` : 'clear');
  });
  return { clock, sent, pushToTalk };
}

it('waits for the last words of a turn before it is committed, once', () => {
  const { clock, sent, pushToTalk } = start();
  pushToTalk.commit('ada');
  pushToTalk.commit('bob');
  clock.advance(COMMIT_AFTER_MS - 1);
  expect(sent).toEqual([]);
  clock.advance(1);
  expect(sent).toEqual(['commit ada']);
});

it('commits at once when the next turn begins, so that the beginning does not take its words away', () => {
  const { clock, sent, pushToTalk } = start();
  pushToTalk.commit('ada');
  pushToTalk.clear();
  clock.advance(1_000);
  expect(sent).toEqual(['commit ada', 'clear']);
});

it('commits nothing once it is closed', () => {
  const { clock, sent, pushToTalk } = start();
  pushToTalk.commit('ada');
  pushToTalk.close();
  clock.advance(1_000);
  expect(sent).toEqual([]);
  expect(clock.pending).toBe(0);
});
