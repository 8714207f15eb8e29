import { FakeVoiceBridge } from '@voice-bridge/browser-client/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ClientLease } from './client-lease.ts';

describe('ClientLease', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('disconnects at the next macrotask after everybody let go', () => {
    const fake = new FakeVoiceBridge();
    const lease = new ClientLease(fake);
    const letGo = [lease.retain(), lease.retain()];
    letGo[0]?.();
    vi.runAllTimers();
    expect(fake.actions).toEqual([]);
    letGo[1]?.();
    expect(fake.actions).toEqual([]);
    vi.runAllTimers();
    expect(fake.actions).toEqual([{ name: 'disconnect' }]);
  });

  it('holding again in between keeps it', () => {
    const fake = new FakeVoiceBridge();
    const lease = new ClientLease(fake);
    lease.retain()();
    lease.retain();
    vi.runAllTimers();
    expect(fake.actions).toEqual([]);
  });
});
