import type { PhonePage } from './phone-page.ts';

/** The page this script runs in (W3C Page Visibility, Page Lifecycle, Screen Wake Lock, Battery Status, Network Information). */
export const browserPhonePage: PhonePage = {
  isVisible: () => document.visibilityState === 'visible',
  isOnline: () => navigator.onLine,

  deviceName() {
    const { userAgent } = navigator;
    return DEVICES.find(([pattern]) => pattern.test(userAgent))?.[1] ?? null;
  },

  onVisibilityChanged: (listener) => listen([[document, 'visibilitychange']], listener),

  onThawed(listener) {
    const stop = listen([[document, 'resume']], listener);
    const show = (event: PageTransitionEvent) => {
      if (event.persisted) listener();
    };
    addEventListener('pageshow', show);
    return () => {
      stop();
      removeEventListener('pageshow', show);
    };
  },

  onNetworkChanged(listener) {
    // Chromium alone tells of a change from one network to another.
    const connection = 'connection' in navigator ? navigator.connection : undefined;
    const changes: Source[] = connection instanceof EventTarget ? [[connection, 'change']] : [];
    return listen([[window, 'online'], [window, 'offline'], ...changes], listener);
  },

  async keepScreenOn(onReleased) {
    // A browser without it throws a `TypeError` here.
    const lock = await navigator.wakeLock.request('screen');
    lock.addEventListener('release', onReleased);
    return () => {
      lock.removeEventListener('release', onReleased);
      lock.release().catch(() => {});
    };
  },

  watchBattery(listener) {
    const listeners = new AbortController();
    void openBattery().then((battery) => {
      if (battery === null || listeners.signal.aborted) return;
      const tell = () => listener({ level: Number(battery.level), charging: battery.charging === true });
      battery.addEventListener('levelchange', tell, { signal: listeners.signal });
      battery.addEventListener('chargingchange', tell, { signal: listeners.signal });
      tell();
    });
    return () => listeners.abort();
  },
};

type Source = readonly [target: EventTarget, event: string];

const DEVICES: readonly (readonly [pattern: RegExp, name: string])[] = [
  [/iPhone/, 'iPhone'],
  [/iPad/, 'iPad'],
  [/Android.*Mobile/, 'Android phone'],
  [/Android/, 'Android tablet'],
];

function listen(sources: readonly Source[], listener: () => void): () => void {
  const listeners = new AbortController();
  for (const [target, event] of sources) target.addEventListener(event, listener, { signal: listeners.signal });
  return () => listeners.abort();
}

async function openBattery() {
  if (!('getBattery' in navigator) || typeof navigator.getBattery !== 'function') return null;
  try {
    const battery: unknown = await navigator.getBattery();
    if (!(battery instanceof EventTarget) || !('level' in battery) || !('charging' in battery)) return null;
    return battery;
  } catch {
    // Not allowed on this page.
    return null;
  }
}
