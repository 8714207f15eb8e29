import { VoiceBridgeError } from '@voice-bridge/core';
import { describe, expect, it } from 'vitest';
import type { PhoneInput, PhoneLife } from './phone-life.ts';
import { PHONE_TIMES, phoneWakeAt, stepPhone } from './step-phone.ts';

const OFFER = { type: 'offer', connectionId: 'a', sdp: 'one' } as const;
const AGAIN = { type: 'offer', connectionId: 'b', sdp: 'two' } as const;
const LOST = new VoiceBridgeError('unauthorized', 'Unknown');

/** A phone that takes inputs, and remembers what was to be done, on a clock of its own. */
function createPhone(...inputs: readonly PhoneInput[]) {
  let state: PhoneLife = { name: 'idle' };
  let now = 0;
  const done: string[] = [];
  const tell = (input: PhoneInput): string[] => {
    const step = stepPhone(state, input, now);
    state = step.state;
    const names = step.effects.map((each) => ('link' in each ? `${each.type} ${each.link}` : each.type));
    done.push(...names);
    return names;
  };
  for (const input of inputs) tell(input);
  return {
    tell,
    done,
    get state() {
      return state;
    },
    get direct() {
      return state.name === 'open' ? state.direct.name : state.name;
    },
    get bridge() {
      return state.name === 'open' ? state.bridge.name : state.name;
    },
    /** Lets this long pass, with every tick the state asks for. */
    wait(ms: number): string[] {
      const until = now + ms;
      const from = done.length;
      for (;;) {
        const at = phoneWakeAt(state);
        if (at === undefined || at > until) break;
        now = Math.max(now, at);
        tell({ type: 'tick' });
      }
      now = until;
      return done.slice(from);
    },
  };
}

const ARRIVED: readonly PhoneInput[] = [{ type: 'join' }, { type: 'opened' }, { type: 'desktopThere' }];
const CONNECTED: readonly PhoneInput[] = [...ARRIVED, OFFER, { type: 'linkConnected', link: 1 }];

describe('a phone end', () => {
  it('answers an offer and uses the connection when it is there', () => {
    const phone = createPhone(...CONNECTED);
    expect(phone.done).toEqual(['answer 1', 'useLink 1']);
    expect(phone.direct).toBe('connected');
    expect(phoneWakeAt(phone.state)).toBeUndefined();
  });

  it('answers a new offer by a new connection, and a further one of the same connection within it', () => {
    const phone = createPhone(...CONNECTED);
    expect(phone.tell({ ...OFFER, sdp: 'restart' })).toEqual(['renew 1']);
    expect(phone.direct).toBe('connected');
    expect(phone.tell(AGAIN)).toEqual(['dropLink 1', 'answer 2']);
    expect(phone.tell({ type: 'linkConnected', link: 1 })).toEqual([]);
    expect(phone.tell({ type: 'linkConnected', link: 2 })).toEqual(['useLink 2']);
  });

  it('takes every offer of a desktop that names none for a new connection', () => {
    const phone = createPhone(...ARRIVED);
    phone.tell({ type: 'offer', connectionId: undefined, sdp: 'one' });
    expect(phone.tell({ type: 'offer', connectionId: undefined, sdp: 'two' })).toEqual(['dropLink 1', 'answer 2']);
  });

  it('[S-0.29] goes through the bridge when no path was found twice, within 20 s', () => {
    const phone = createPhone(...ARRIVED, OFFER);
    expect(phone.wait(PHONE_TIMES.connectMs)).toEqual(['dropLink 1']);
    expect(phone.wait(PHONE_TIMES.askMs)).toEqual(['askForOffer']);
    phone.tell(AGAIN);
    expect(phone.wait(PHONE_TIMES.connectMs)).toEqual(['dropLink 2', 'joinBridge']);
    expect(2 * PHONE_TIMES.connectMs + PHONE_TIMES.askMs).toBeLessThan(20_000);
  });

  it('leaves the bridge before it uses a direct connection again: never both', () => {
    const phone = createPhone(...ARRIVED, OFFER, { type: 'linkFailed', link: 1 }, AGAIN);
    expect(phone.tell({ type: 'linkFailed', link: 2 })).toEqual(['dropLink 2', 'joinBridge']);
    phone.tell({ type: 'bridgeJoined' });
    expect(phone.tell({ ...AGAIN, connectionId: 'c' })).toEqual(['answer 3']);
    expect(phone.bridge).toBe('joined');
    expect(phone.tell({ type: 'linkConnected', link: 3 })).toEqual(['leaveBridge', 'useLink 3']);
    expect(phone.bridge).toBe('none');
  });

  it('stays at the bridge when a direct connection fails once more, and asks for the next one a minute later', () => {
    const phone = createPhone(...ARRIVED, OFFER, { type: 'linkFailed', link: 1 }, AGAIN);
    phone.tell({ type: 'linkFailed', link: 2 });
    phone.tell({ type: 'bridgeJoined' });
    phone.tell({ ...AGAIN, connectionId: 'c' });
    expect(phone.wait(PHONE_TIMES.connectMs)).toEqual(['dropLink 3']);
    expect(phone.wait(PHONE_TIMES.bridgeAskMs - 1)).toEqual([]);
    expect(phone.wait(1)).toEqual(['askForOffer']);
    expect(phone.bridge).toBe('joined');
  });

  it('does not join the bridge again when the desktop left while it waited', () => {
    const phone = createPhone(...ARRIVED, OFFER, { type: 'linkFailed', link: 1 }, AGAIN);
    phone.tell({ type: 'linkFailed', link: 2 });
    phone.tell({ type: 'bridgeJoined' });
    phone.tell({ type: 'bridgeLost' });
    phone.tell({ type: 'desktopGone' });
    expect(phone.wait(PHONE_TIMES.bridgeRetryMs)).not.toContain('joinBridge');
    expect(phone.bridge).toBe('none');
  });

  it('joins the bridge again while the desktop is there, and never alone', () => {
    const phone = createPhone(...ARRIVED, OFFER, { type: 'linkFailed', link: 1 }, AGAIN);
    phone.tell({ type: 'linkFailed', link: 2 });
    phone.tell({ type: 'bridgeJoined' });
    expect(phone.tell({ type: 'bridgeLost' })).toEqual(['leaveBridge']);
    expect(phone.wait(PHONE_TIMES.bridgeRetryMs)).toEqual(['joinBridge']);
    phone.tell({ type: 'desktopGone' });
    phone.tell({ type: 'bridgeLost' });
    expect(phone.bridge).toBe('none');
    expect(phone.wait(600_000)).toEqual([]);
  });

  it('lets a broken path heal, and asks for another one when it does not, less and less often', () => {
    const phone = createPhone(...CONNECTED);
    phone.tell({ type: 'linkBroken', link: 1 });
    phone.tell({ type: 'linkConnected', link: 1 });
    expect(phone.wait(60_000)).toEqual([]);
    phone.tell({ type: 'linkBroken', link: 1 });
    expect(phone.wait(PHONE_TIMES.brokenMs)).toEqual(['askForOffer']);
    const asked = phone.wait(300_000).length;
    expect(asked).toBeGreaterThan(8);
    expect(asked).toBeLessThan(16);
  });

  it('[S-0.47] keeps a path that heals while it is renewed: a word of the desktop is enough', () => {
    const phone = createPhone(...CONNECTED, { type: 'linkBroken', link: 1 });
    expect(phone.tell({ ...OFFER, sdp: 'restart' })).toEqual(['renew 1']);
    phone.tell({ type: 'linkHeard', link: 1 });
    expect(phone.direct).toBe('connected');
    expect(phone.wait(PHONE_TIMES.connectMs)).toEqual([]);
  });

  it('[S-0.47] doubts its path when the network changed: a word of the desktop is enough, silence is not', () => {
    const phone = createPhone(...CONNECTED);
    expect(phone.tell({ type: 'retry' })).toEqual([]);
    phone.tell({ type: 'linkHeard', link: 1 });
    expect(phone.wait(60_000)).toEqual([]);
    phone.tell({ type: 'retry' });
    expect(phone.wait(PHONE_TIMES.doubtMs)).toEqual(['askForOffer']);
    expect(phone.direct).toBe('broken');
  });

  it('comes to the line again when it wakes up without a connection', () => {
    expect(createPhone(...ARRIVED).tell({ type: 'retry' })).toEqual(['askForOffer']);
    expect(createPhone(...ARRIVED, OFFER).tell({ type: 'retry' })).toEqual([]);
  });

  it('keeps a path whose desktop left the line only, and drops one whose desktop goes', () => {
    const phone = createPhone(...CONNECTED);
    expect(phone.tell({ type: 'desktopGone' })).toEqual([]);
    expect(phone.direct).toBe('connected');
    expect(phone.tell({ type: 'desktopClosed', link: 1 })).toEqual(['dropLink 1']);
    expect(phone.wait(600_000)).toEqual([]);
  });

  it('makes sure that a desktop which is back offers again', () => {
    const phone = createPhone(...CONNECTED, { type: 'desktopClosed', link: 1 }, { type: 'desktopThere' });
    expect(phone.wait(PHONE_TIMES.askMs)).toEqual(['askForOffer']);
    expect(createPhone(...ARRIVED).wait(600_000)).toEqual([]);
  });

  it.each([
    ['removed', { type: 'removed' }, 'removed', true],
    ['leave', { type: 'leave' }, 'closed', true],
    ['replaced', { type: 'replaced', error: LOST }, 'closed', false],
    ['refused', { type: 'refused', error: LOST }, 'failed', false],
  ] as const)('ends once when it is told %s, and keeps or forgets its credential', (_name, input, name, forget) => {
    const phone = createPhone(...CONNECTED);
    const { effects } = stepPhone(phone.state, input, 0);
    expect(effects).toEqual([{ type: 'stop', forget }]);
    phone.tell(input);
    expect(phone.state.name).toBe(name);
    expect(phone.tell(AGAIN)).toEqual([]);
    expect(phone.tell({ type: 'removed' })).toEqual([]);
    phone.tell({ type: 'join' });
    expect(phone.state.name).toBe('joining');
  });
});
