import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Lease } from './lease.ts';

describe('Lease', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('ends at the next macrotask after everybody let go', () => {
    const ends: string[] = [];
    const lease = new Lease(() => ends.push('ended'));
    const letGo = [lease.retain(), lease.retain()];
    letGo[0]?.();
    vi.runAllTimers();
    expect(ends).toEqual([]);
    letGo[1]?.();
    expect(ends).toEqual([]);
    vi.runAllTimers();
    expect(ends).toEqual(['ended']);
  });

  it('holding again in between keeps it', () => {
    const ends: string[] = [];
    const lease = new Lease(() => ends.push('ended'));
    lease.retain()();
    lease.retain();
    vi.runAllTimers();
    expect(ends).toEqual([]);
  });
});
