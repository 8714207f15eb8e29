import { isOwnMachine } from './own-machine.ts';

const PATH = '/mobile-voice';
const TIMEOUT_MS = 2_000;

/** Where phones find their page: at this page's own origin, or in the local network when this page was opened as `localhost`. */
export async function phonePageUrl(): Promise<string> {
  const inNetwork = isOwnMachine(location.hostname) ? await addressInNetwork() : undefined;
  return (inNetwork ?? location.origin) + PATH;
}

/** As the server says that was started with `--lan`; undefined for any other. */
async function addressInNetwork(): Promise<string | undefined> {
  try {
    const response = await fetch('/lan/info', { signal: AbortSignal.timeout(TIMEOUT_MS) });
    const info: unknown = response.ok ? await response.json() : null;
    if (typeof info !== 'object' || info === null || !('urls' in info) || !Array.isArray(info.urls)) return undefined;
    const [first]: unknown[] = info.urls;
    return typeof first === 'string' ? first : undefined;
  } catch {
    return undefined;
  }
}
