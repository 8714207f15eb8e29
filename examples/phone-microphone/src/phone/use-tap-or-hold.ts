import type { PhoneMicrophoneSnapshot } from '@voice-bridge/browser-client/phone';
import { type KeyboardEvent, type MouseEvent, type PointerEvent, useEffect, useRef } from 'react';

/** What a press does: a tap switches, and what is muted is heard while it is held. With push-to-talk there is holding only. */
export interface TapOrHold extends Pick<PhoneMicrophoneSnapshot, 'muted' | 'holding' | 'pushToTalk'> {
  readonly setMuted: (muted: boolean) => void;
  readonly hold: () => void;
  readonly release: () => void;
}

/** A press as long as this is no tap, in ms. */
const HOLD_MS = 350;
/** A click so soon after a finger or a mouse let go is of that press, in ms. */
const OWN_CLICK_MS = 500;

/**
 * What a button needs to be tapped and held, by finger, mouse and keyboard; screen readers, which only click, tap, and with push-to-talk
 * begin with one click what they end with the next.
 * Sound begins with the press, not after it was found to be no tap: no first word is lost.
 */
export function useTapOrHold({ muted, holding, pushToTalk, setMuted, hold, release }: TapOrHold) {
  const onlyHolds = pushToTalk !== 'off';
  const pressedAt = useRef<number | null>(null);
  const held = useRef(false);
  const pointedAt = useRef(Number.NEGATIVE_INFINITY);

  const begin = (at: number) => {
    if (pressedAt.current !== null) return;
    pressedAt.current = at;
    held.current = muted || onlyHolds;
    if (held.current) hold();
  };
  const end = (at: number, kind: 'released' | 'lost') => {
    const from = pressedAt.current;
    if (from === null) return;
    pressedAt.current = null;
    const tapped = kind === 'released' && at - from < HOLD_MS;
    if (tapped && !onlyHolds) setMuted(!muted);
    if (held.current) release();
    held.current = false;
  };

  const drop = useRef(() => {});
  useEffect(() => {
    drop.current = () => end(0, 'lost');
  });
  // A page that goes away in the middle of a press must not go on listening.
  useEffect(() => {
    const away = () => drop.current();
    addEventListener('blur', away);
    document.addEventListener('visibilitychange', away);
    return () => {
      removeEventListener('blur', away);
      document.removeEventListener('visibilitychange', away);
      away();
    };
  }, []);

  return {
    onPointerDown: (event: PointerEvent) => {
      if (event.button !== 0) return;
      event.currentTarget.setPointerCapture(event.pointerId);
      begin(event.timeStamp);
    },
    onPointerUp: (event: PointerEvent) => {
      pointedAt.current = event.timeStamp;
      end(event.timeStamp, 'released');
    },
    onPointerCancel: (event: PointerEvent) => end(event.timeStamp, 'lost'),
    onKeyDown: (event: KeyboardEvent) => {
      if (event.key !== ' ' && event.key !== 'Enter') return;
      event.preventDefault();
      if (!event.repeat) begin(event.timeStamp);
    },
    onKeyUp: (event: KeyboardEvent) => {
      if (event.key !== ' ' && event.key !== 'Enter') return;
      event.preventDefault();
      end(event.timeStamp, 'released');
    },
    onClick: (event: MouseEvent) => {
      // That of a press has been dealt with; one of its own comes from a screen reader or a program.
      if (event.detail > 0 && event.timeStamp - pointedAt.current < OWN_CLICK_MS) return;
      if (!onlyHolds) setMuted(!muted);
      else if (holding) release();
      else hold();
    },
    onContextMenu: (event: MouseEvent) => event.preventDefault(),
  };
}
