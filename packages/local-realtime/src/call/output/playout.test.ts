import { describe, expect, it } from 'vitest';
import { frameSound, PLAYOUT_FRAME_SAMPLES, Playout } from './playout.ts';

function segment(frames: number, responseId = 'resp_1', itemId = 'item_1') {
  return { responseId, itemId, pcm: new Int16Array(frames * PLAYOUT_FRAME_SAMPLES).fill(7) };
}

describe('playout', () => {
  it('sends the first frame at once and then one each 20 ms', () => {
    const playout = new Playout(1_000);
    playout.push(segment(5));
    const counts = [1_007, 1_008, 1_019, 1_020, 1_039, 1_040].map((now) => playout.pull(now).frames.length);
    expect(counts).toEqual([1, 0, 0, 1, 0, 1]);
  });

  it('keeps one timestamp line by wall clock, with a marker only after a pause', () => {
    const playout = new Playout(0);
    playout.push(segment(2));
    const first = [0, 20].flatMap((now) => playout.pull(now).frames);
    expect(playout.pull(40).drained).toBe(true);
    playout.push(segment(1));
    const later = playout.pull(1_000).frames;
    expect([...first, ...later].map(({ timestamp, marker }) => ({ timestamp, marker }))).toEqual([
      { timestamp: 0, marker: true },
      { timestamp: 960, marker: false },
      { timestamp: 48_000, marker: true },
    ]);
  });

  it('does not drift: a minute of late timers gives a minute of frames', () => {
    const playout = new Playout(0);
    playout.push(segment(4_000));
    let sent = 0;
    for (let now = 0; now < 60_000; now += 23) sent += playout.pull(now).frames.length;
    expect(sent).toBe(3_000);
  });

  it('catches up at most five frames after a stall and moves the rest back', () => {
    const playout = new Playout(0);
    playout.push(segment(100));
    playout.pull(0);
    const burst = playout.pull(1_000).frames;
    expect(burst.map(({ timestamp }) => timestamp / 960)).toEqual([46, 47, 48, 49, 50]);
    expect(playout.pull(1_020).frames).toHaveLength(1);
  });

  it('pads the last frame and is drained once that has been heard', () => {
    const playout = new Playout(0);
    playout.push({ ...segment(0), pcm: new Int16Array(500).fill(7) });
    const frames = [0, 20].flatMap((now) => playout.pull(now).frames);
    const sounds = frames.map(frameSound);
    expect(sounds.map(({ length }) => length)).toEqual([480, 480]);
    expect(Array.from(sounds[1]?.subarray(18, 23) ?? [])).toEqual([7, 7, 0, 0, 0]);
    expect(playout.pull(39).drained).toBe(false);
    expect(playout.pull(40)).toEqual({ frames: [], drained: true });
    expect(playout.pull(60).drained).toBe(false);
  });

  it('shows frames ahead as they will be sent, over the end of a segment that is no whole number of frames', () => {
    const playout = new Playout(0);
    playout.push({ ...segment(0), pcm: new Int16Array(500).fill(7) });
    playout.push(segment(1));
    const ahead = [0, 1, 2].map((frames) => playout.frameAhead(frames));
    expect(playout.frameAhead(3)).toBeUndefined();
    expect([0, 20, 40].flatMap((now) => playout.pull(now).frames.map(frameSound))).toEqual(ahead);
  });

  it('tells after a clear what was heard of each item, and sends no more', () => {
    const playout = new Playout(0);
    playout.push(segment(2, 'resp_1', 'item_1'));
    playout.push(segment(10, 'resp_2', 'item_2'));
    for (let now = 0; now <= 60; now += 20) playout.pull(now);
    expect(playout.clear()).toEqual([
      { responseId: 'resp_1', itemId: 'item_1', heardMs: 40 },
      { responseId: 'resp_2', itemId: 'item_2', heardMs: 40 },
    ]);
    expect(playout.pull(80)).toEqual({ frames: [], drained: false });
  });

  it('counts an item on over a pause between its sentences, and forgets it when another response begins', () => {
    const playout = new Playout(0);
    playout.push(segment(1));
    playout.pull(0);
    playout.pull(20);
    playout.push(segment(3));
    playout.pull(100);
    expect(playout.clear()).toEqual([{ responseId: 'resp_1', itemId: 'item_1', heardMs: 40 }]);
    playout.push(segment(1));
    playout.pull(120);
    playout.pull(140);
    playout.push(segment(3, 'resp_2', 'item_2'));
    playout.pull(160);
    expect(playout.clear()).toEqual([{ responseId: 'resp_2', itemId: 'item_2', heardMs: 20 }]);
  });
});
