import type { Step } from '@voice-bridge/core';
import type {
  BridgeWay,
  DirectPath,
  OpenPhone,
  OpenPhoneInput,
  PhoneEffect,
  PhoneInput,
  PhoneLife,
} from './phone-life.ts';

type PhoneStep = Step<PhoneLife, PhoneEffect>;

/** How long a phone waits for what. */
export const PHONE_TIMES = {
  /** For a direct connection, from its offer. */
  connectMs: 8_000,
  /** For a word of the desktop after the network changed. */
  doubtMs: 2_500,
  /** For a broken path to heal. */
  brokenMs: 2_000,
  /** For an offer that was asked for, at first; doubles up to `maxAskMs`. */
  askMs: 1_000,
  maxAskMs: 30_000,
  /** Between attempts to leave the bridge for a direct path. */
  bridgeAskMs: 60_000,
  /** Between attempts to join the bridge. */
  bridgeRetryMs: 2_000,
} as const;
/** Direct connections that fail before the phone goes through the bridge. */
export const DIRECT_ATTEMPTS = 2;

/** Decides what a phone end does next. Pure: time is an argument. */
export function stepPhone(state: PhoneLife, input: PhoneInput, now: number): PhoneStep {
  switch (input.type) {
    case 'join':
      return state.name === 'joining' || state.name === 'open' ? stay(state) : stay({ name: 'joining' });
    case 'opened':
      return state.name === 'joining' ? stay(NEWLY_OPEN) : stay(state);
    case 'refused':
      return end(state, { name: 'failed', error: input.error }, false);
    case 'replaced':
      return end(state, { name: 'closed', error: input.error }, false);
    case 'removed':
      return end(state, { name: 'removed' }, true);
    case 'leave':
      return end(state, { name: 'closed', error: null }, true);
    default:
      return state.name === 'open' ? stepOpen(state, input, now) : stay(state);
  }
}

/** When the state wants a `tick`. */
export function phoneWakeAt(state: PhoneLife): number | undefined {
  if (state.name !== 'open') return undefined;
  const { direct, bridge } = state;
  const times = [bridge.name === 'waiting' ? bridge.retryAt : null, dueAt(direct)].filter((time) => time !== null);
  return times.length === 0 ? undefined : Math.min(...times);
}

const NEWLY_OPEN: OpenPhone = {
  name: 'open',
  desktop: 'away',
  direct: { name: 'none', askAt: null },
  bridge: { name: 'none' },
  failures: 0,
  asked: 0,
  links: 0,
  wasConnected: false,
};

function stepOpen(state: OpenPhone, input: OpenPhoneInput, now: number): PhoneStep {
  const { direct } = state;
  switch (input.type) {
    case 'desktopThere':
      return desktopThere(state, now);
    case 'desktopGone':
      return desktopGone(state);
    case 'offer':
      return offered(state, input, now);
    case 'linkConnected':
      return isOf(direct, input.link) ? connected(state, direct) : stay(state);
    case 'linkHeard':
      // Also while it is renewed: a browser whose old path heals meanwhile says nothing.
      return isOf(direct, input.link) && direct.name !== 'connected' ? connected(state, direct) : stay(state);
    case 'linkBroken':
      return isOf(direct, input.link) && direct.name !== 'connecting' && direct.name !== 'broken'
        ? stay({ ...state, direct: { ...identity(direct), name: 'broken', askAt: now + PHONE_TIMES.brokenMs } })
        : stay(state);
    case 'linkFailed':
      return isOf(direct, input.link) ? failed(state, direct, now) : stay(state);
    case 'desktopClosed':
      return isOf(direct, input.link) ? dropped(state, direct, 'away') : stay(state);
    case 'bridgeJoined':
      return state.bridge.name === 'joining'
        ? stay({ ...state, bridge: { name: 'joined' }, wasConnected: true })
        : stay(state);
    case 'bridgeLost':
      return bridgeLost(state, now);
    case 'retry':
      return retry(state, now);
    case 'tick':
      return tick(state, now);
  }
}

function offered(
  state: OpenPhone,
  { connectionId, sdp }: Extract<OpenPhoneInput, { type: 'offer' }>,
  now: number,
): PhoneStep {
  const { direct } = state;
  const deadline = now + PHONE_TIMES.connectMs;
  const there = { ...state, desktop: 'there', asked: 0 } as const;
  if (direct.name !== 'none' && connectionId !== undefined && connectionId === direct.connectionId) {
    // What passes now goes on until the new path is there.
    const next: DirectPath =
      direct.name === 'connected' ? direct : { ...identity(direct), name: 'connecting', deadline };
    return { state: { ...there, direct: next }, effects: [{ type: 'renew', link: direct.link, sdp }] };
  }
  const link = state.links + 1;
  const effects: PhoneEffect[] = direct.name === 'none' ? [] : [{ type: 'dropLink', link: direct.link }];
  effects.push({ type: 'answer', link, connectionId, sdp });
  return { state: { ...there, links: link, direct: { name: 'connecting', link, connectionId, deadline } }, effects };
}

function connected(state: OpenPhone, direct: LivePath): PhoneStep {
  const next: OpenPhone = {
    ...state,
    desktop: 'there',
    direct: { ...identity(direct), name: 'connected' },
    bridge: { name: 'none' },
    failures: 0,
    asked: 0,
    wasConnected: true,
  };
  // First silent there, then heard here: never both.
  const leave: PhoneEffect[] = state.bridge.name === 'none' ? [] : [{ type: 'leaveBridge' }];
  return { state: next, effects: [...leave, { type: 'useLink', link: direct.link }] };
}

function failed(state: OpenPhone, direct: LivePath, now: number): PhoneStep {
  const failures = direct.name === 'connecting' ? state.failures + 1 : state.failures;
  const there = state.desktop === 'there';
  const around = there && failures >= DIRECT_ATTEMPTS && state.bridge.name === 'none';
  const bridge: BridgeWay = around ? { name: 'joining' } : state.bridge;
  const askAt = there ? now + askDelay({ ...state, bridge }) : null;
  const next: OpenPhone = { ...state, failures, direct: { name: 'none', askAt }, bridge };
  const drop: PhoneEffect = { type: 'dropLink', link: direct.link };
  return { state: next, effects: around ? [drop, { type: 'joinBridge' }] : [drop] };
}

function desktopThere(state: OpenPhone, now: number): PhoneStep {
  const { direct } = state;
  // It offers to whoever comes; where something went wrong before, we make sure.
  const unsure = direct.name === 'none' && (state.wasConnected || state.failures > 0);
  const next: DirectPath = unsure ? { name: 'none', askAt: now + askDelay(state) } : direct;
  return stay({ ...state, desktop: 'there', direct: next });
}

function desktopGone(state: OpenPhone): PhoneStep {
  const { direct } = state;
  // Only its signaling is gone: what passes may go on passing.
  if (direct.name === 'connecting') return dropped(state, direct, 'away');
  return stay({ ...state, desktop: 'away', direct: direct.name === 'none' ? { name: 'none', askAt: null } : direct });
}

function dropped(state: OpenPhone, direct: LivePath, desktop: OpenPhone['desktop']): PhoneStep {
  return {
    state: { ...state, desktop, direct: { name: 'none', askAt: null } },
    effects: [{ type: 'dropLink', link: direct.link }],
  };
}

function bridgeLost(state: OpenPhone, now: number): PhoneStep {
  if (state.bridge.name === 'none') return stay(state);
  // Alone it would open a session of its own: only the desktop does that.
  const again = state.desktop === 'there';
  const bridge: BridgeWay = again ? { name: 'waiting', retryAt: now + PHONE_TIMES.bridgeRetryMs } : { name: 'none' };
  return { state: { ...state, bridge }, effects: [{ type: 'leaveBridge' }] };
}

function retry(state: OpenPhone, now: number): PhoneStep {
  const { direct } = state;
  if (direct.name === 'connected') {
    return stay({ ...state, direct: { ...identity(direct), name: 'doubted', deadline: now + PHONE_TIMES.doubtMs } });
  }
  if (direct.name === 'none' && direct.askAt === null) return { state, effects: [{ type: 'askForOffer' }] };
  return direct.name === 'none' || direct.name === 'broken' ? ask(state, direct, now) : stay(state);
}

function tick(state: OpenPhone, now: number): PhoneStep {
  const { direct, bridge } = state;
  if (bridge.name === 'waiting' && now >= bridge.retryAt) {
    // Alone it would open a session of its own: only the desktop does that.
    if (state.desktop === 'away') return stay({ ...state, bridge: { name: 'none' } });
    return { state: { ...state, bridge: { name: 'joining' } }, effects: [{ type: 'joinBridge' }] };
  }
  const due = dueAt(direct);
  if (due === null || now < due || direct.name === 'connected') return stay(state);
  return direct.name === 'connecting' ? failed(state, direct, now) : ask(state, direct, now);
}

function ask(state: OpenPhone, direct: DirectPath, now: number): PhoneStep {
  const askAt = now + askDelay(state);
  const next: DirectPath =
    direct.name === 'none' ? { name: 'none', askAt } : { ...identity(direct), name: 'broken', askAt };
  return { state: { ...state, direct: next, asked: state.asked + 1 }, effects: [{ type: 'askForOffer' }] };
}

function askDelay({ asked, bridge }: OpenPhone): number {
  if (bridge.name !== 'none') return PHONE_TIMES.bridgeAskMs;
  return Math.min(PHONE_TIMES.maxAskMs, PHONE_TIMES.askMs * 2 ** asked);
}

type LivePath = Exclude<DirectPath, { readonly name: 'none' }>;

function identity({ link, connectionId }: LivePath): Pick<LivePath, 'link' | 'connectionId'> {
  return { link, connectionId };
}

function isOf(direct: DirectPath, link: number): direct is LivePath {
  return direct.name !== 'none' && direct.link === link;
}

function dueAt(direct: DirectPath): number | null {
  if (direct.name === 'connecting' || direct.name === 'doubted') return direct.deadline;
  return direct.name === 'connected' ? null : direct.askAt;
}

function end(state: PhoneLife, next: PhoneLife, forget: boolean): PhoneStep {
  if (state.name === 'joining' || state.name === 'open') return { state: next, effects: [{ type: 'stop', forget }] };
  return forget && state.name !== 'idle' && next.name === 'closed'
    ? { state: next, effects: [{ type: 'stop', forget }] }
    : stay(state);
}

function stay(state: PhoneLife): PhoneStep {
  return { state, effects: [] };
}
