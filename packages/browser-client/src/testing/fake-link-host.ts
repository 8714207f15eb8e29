import type { PhoneId } from '@voice-bridge/core';
import type { LinkHost } from '../phone/link/link-host.ts';
import type { PhoneStorage } from '../phone/microphone/phone-place.ts';
import type { StreamFetch } from '../phone/shared/signaling-host.ts';
import { FakePhoneMixer } from './fake-phone-mixer.ts';
import { FakeSignalingHost, type FakeSignalingWorld } from './fake-signaling-host.ts';

const CONFIG = {
  protocol_version: 1,
  ice_servers: [{ urls: ['stun:stun.example.org'] }],
  transports: ['webrtc'],
  limits: { max_text_length: 4_000, max_session_minutes: 30, idle_minutes: 5 },
};

/** The page of a desktop with phones, without a browser, and the bridge's pairing. */
export class FakeLinkHost extends FakeSignalingHost implements LinkHost {
  /** Every request, as `METHOD path body`. */
  readonly requests: string[] = [];
  readonly mixers: FakePhoneMixer[] = [];
  /** What the bridge says of phones that it knows. */
  readonly paired = new Map<PhoneId, 'invited' | 'waiting' | 'accepted'>();
  /** Ids of pairings that are not the first with their peer id. */
  readonly pairedAnew = new Map<PhoneId, string>();
  /** What requests are refused with; null: they are not. */
  refusal: { readonly status: number; readonly code: string } | null = null;

  constructor(world: Omit<FakeSignalingWorld, 'fetch'> = {}) {
    super({ ...world, fetch: (url, init) => this.#answer(url, init) });
  }

  readonly openMixer = (onRunning: (running: boolean) => void): FakePhoneMixer => {
    const mixer = new FakePhoneMixer(onRunning);
    this.mixers.push(mixer);
    return mixer;
  };

  readonly origin = (): string => 'https://voice.example';

  readonly wallClock = (): number => 1_000_000 + this.clock.now();

  /** What the tab keeps over a reload. */
  readonly stored = new Map<string, string>();

  readonly storage = (): PhoneStorage => ({
    getItem: (key) => this.stored.get(key) ?? null,
    setItem: (key, value) => void this.stored.set(key, value),
    removeItem: (key) => void this.stored.delete(key),
  });

  readonly drawQr = async (text: string): Promise<boolean[][]> => [[text.length > 0]];

  readonly #answer: StreamFetch = async (url, { method = 'GET', body = null }) => {
    this.requests.push(`${method} ${url}${typeof body === 'string' ? ` ${body}` : ''}`);
    if (this.refusal !== null) {
      const { status, code } = this.refusal;
      return answer(status, { error: { code, message: 'Refused' } });
    }
    if (url.endsWith('/config')) return answer(200, CONFIG);
    if (url.endsWith('/phones')) {
      const phones = [...this.paired].map(([peer_id, state]) => ({
        peer_id,
        phone_id: state === 'invited' ? null : (this.pairedAnew.get(peer_id) ?? `first-${peer_id}`),
        state,
        name: `The ${peer_id}`,
        expires_in_seconds: 100,
      }));
      return answer(200, { phones });
    }
    if (method === 'DELETE') return answer(200, { status: 'removed' });
    if (!url.endsWith('/pairing')) {
      for (const peerId of this.paired.keys()) if (url.endsWith(`/${peerId}`)) this.paired.set(peerId, 'accepted');
      return answer(200, { status: 'accepted' });
    }
    const asked: { peer_id?: string } = JSON.parse(typeof body === 'string' ? body : '{}');
    const peer_id = asked.peer_id ?? 'mobile';
    return answer(201, { token: `token-of-${peer_id}`, code: 'ABCD-2345', peer_id, expires_in_seconds: 120 });
  };
}

function answer(status: number, json: unknown) {
  return { ok: status < 300, status, text: async () => JSON.stringify(json), body: null };
}
