import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { settle } from '../../testing/client-fixture.ts';
import { browserPhonePage } from './browser-phone-page.ts';
import type { PhoneBattery } from './phone-page.ts';

class FakeLock extends EventTarget {
  released = 0;

  async release(): Promise<void> {
    this.released++;
    this.dispatchEvent(new Event('release'));
  }
}

let page: EventTarget & { visibilityState: string };
let around: EventTarget;

/** The phone's browser has this; what is left out it has not. */
const has = (navigator: object) => vi.stubGlobal('navigator', { onLine: true, userAgent: '', ...navigator });

beforeEach(() => {
  page = Object.assign(new EventTarget(), { visibilityState: 'visible' });
  around = new EventTarget();
  vi.stubGlobal('document', page);
  vi.stubGlobal('window', around);
  vi.stubGlobal('addEventListener', around.addEventListener.bind(around));
  vi.stubGlobal('removeEventListener', around.removeEventListener.bind(around));
  has({});
});
afterEach(() => vi.unstubAllGlobals());

/** How often a listener was called. */
function counted(listen: (listener: () => void) => () => void) {
  let calls = 0;
  const stop = listen(() => calls++);
  return { stop, calls: () => calls };
}

describe('the page of a phone in its browser', () => {
  it('tells when it is shown and hidden', () => {
    const { stop, calls } = counted(browserPhonePage.onVisibilityChanged);
    page.visibilityState = 'hidden';
    page.dispatchEvent(new Event('visibilitychange'));
    expect([browserPhonePage.isVisible(), calls()]).toEqual([false, 1]);
    stop();
    page.dispatchEvent(new Event('visibilitychange'));
    expect(calls()).toBe(1);
  });

  it('tells that it goes on after it was frozen, or kept for a way back, and not that it was loaded', () => {
    const { stop, calls } = counted(browserPhonePage.onThawed);
    const show = (persisted: boolean) => Object.assign(new Event('pageshow'), { persisted });
    around.dispatchEvent(show(false));
    expect(calls()).toBe(0);
    page.dispatchEvent(new Event('resume'));
    around.dispatchEvent(show(true));
    expect(calls()).toBe(2);
    stop();
    page.dispatchEvent(new Event('resume'));
    around.dispatchEvent(show(true));
    expect(calls()).toBe(2);
  });

  it('tells of another network, where the browser tells of it', () => {
    const connection = new EventTarget();
    has({ connection, onLine: false });
    const { stop, calls } = counted(browserPhonePage.onNetworkChanged);
    around.dispatchEvent(new Event('offline'));
    around.dispatchEvent(new Event('online'));
    connection.dispatchEvent(new Event('change'));
    expect([browserPhonePage.isOnline(), calls()]).toEqual([false, 3]);
    stop();
    connection.dispatchEvent(new Event('change'));
    expect(calls()).toBe(3);
  });

  it.each([
    ['Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X)', 'iPhone'],
    ['Mozilla/5.0 (Linux; Android 15; Pixel 9) Chrome/140.0 Mobile Safari/537.36', 'Android phone'],
    ['Mozilla/5.0 (Linux; Android 15; Tab) Chrome/140.0 Safari/537.36', 'Android tablet'],
    ['Mozilla/5.0 (X11; Linux x86_64) Firefox/143.0', null],
  ])('calls %s %s', (userAgent, name) => {
    has({ userAgent });
    expect(browserPhonePage.deviceName()).toBe(name);
  });
});

describe('the screen of a phone', () => {
  it('is kept on until it is let go, which is not told as if the system had done it', async () => {
    const lock = new FakeLock();
    const asked: string[] = [];
    const request = async (type: string) => {
      asked.push(type);
      return lock;
    };
    has({ wakeLock: { request } });
    const released = vi.fn();
    const letGo = await browserPhonePage.keepScreenOn(released);
    expect([asked, lock.released]).toEqual([['screen'], 0]);
    letGo();
    expect(lock.released).toBe(1);
    expect(released).not.toHaveBeenCalled();
  });

  it('is told to go when the system takes it', async () => {
    const lock = new FakeLock();
    has({ wakeLock: { request: async () => lock } });
    const released = vi.fn();
    await browserPhonePage.keepScreenOn(released);
    lock.dispatchEvent(new Event('release'));
    expect(released).toHaveBeenCalledOnce();
  });

  it('is not kept on by a browser that cannot, or will not', async () => {
    await expect(browserPhonePage.keepScreenOn(() => {})).rejects.toThrow(TypeError);
    has({ wakeLock: { request: () => Promise.reject(new DOMException('Low battery', 'NotAllowedError')) } });
    await expect(browserPhonePage.keepScreenOn(() => {})).rejects.toThrow('Low battery');
  });
});

describe('the battery of a phone', () => {
  const watch = () => {
    const told: PhoneBattery[] = [];
    const stop = browserPhonePage.watchBattery((battery) => told.push(battery));
    return { told, stop };
  };

  it('is told now and at every change, until nobody watches', async () => {
    const battery = Object.assign(new EventTarget(), { level: 0.5, charging: false });
    has({ getBattery: async () => battery });
    const { told, stop } = watch();
    await settle();
    battery.level = 0.4;
    battery.dispatchEvent(new Event('levelchange'));
    battery.charging = true;
    battery.dispatchEvent(new Event('chargingchange'));
    stop();
    battery.dispatchEvent(new Event('levelchange'));
    expect(told).toEqual([
      { level: 0.5, charging: false },
      { level: 0.4, charging: false },
      { level: 0.4, charging: true },
    ]);
  });

  it.each([
    ['has no such thing', {}],
    ['does not allow it', { getBattery: () => Promise.reject(new DOMException('No', 'NotAllowedError')) }],
    ['gives something else', { getBattery: async () => ({ level: 0.5 }) }],
  ])('is not told where the browser %s', async (_why, navigator) => {
    has(navigator);
    const { told } = watch();
    await settle();
    expect(told).toEqual([]);
  });

  it('is not told to who went before it was known', async () => {
    has({ getBattery: async () => Object.assign(new EventTarget(), { level: 0.5, charging: false }) });
    const { told, stop } = watch();
    stop();
    await settle();
    expect(told).toEqual([]);
  });
});
