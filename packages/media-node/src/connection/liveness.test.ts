import { ManualClock } from '@voice-bridge/core/testing';
import { describe, expect, it } from 'vitest';
import { watchLiveness } from './liveness.ts';

function watched() {
  const clock = new ManualClock();
  const told: string[] = [];
  let signs = 0;
  let looks = 0;
  const stop = watchLiveness({
    clock,
    signs: () => signs,
    look: () => {
      looks++;
    },
    ask: () => told.push('ask'),
    onLost: () => told.push('lost'),
  });
  const sign = () => {
    signs++;
  };
  return { clock, told, sign, stop, looks: () => looks };
}

describe('watchLiveness', () => {
  it('asks a silent peer, and tells once that it is lost', () => {
    const { clock, told } = watched();
    clock.advance(20_000);
    expect(told).toEqual([...Array(8).fill('ask'), 'lost']);
  });

  it('keeps a peer that answers when it is asked', () => {
    const { clock, told, sign } = watched();
    for (let second = 0; second < 60; second++) {
      clock.advance(2_000);
      sign();
    }
    expect(told).toContain('ask');
    expect(told).not.toContain('lost');
  });

  it('looks twice a second, at a lively peer as well', () => {
    const { clock, sign, looks } = watched();
    for (let n = 0; n < 20; n++) {
      clock.advance(500);
      sign();
    }
    expect(looks()).toBe(20);
  });

  it('does nothing more when a look stops it', () => {
    const clock = new ManualClock();
    const stop = watchLiveness({ clock, signs: () => 0, look: () => stop(), ask: () => {}, onLost: () => {} });
    clock.advance(500);
    expect(clock.pending).toBe(0);
  });

  it('does nothing more when it is stopped', () => {
    const { clock, told, stop } = watched();
    clock.advance(3_000);
    const before = told.length;
    stop();
    clock.advance(20_000);
    expect(told).toHaveLength(before);
  });
});
