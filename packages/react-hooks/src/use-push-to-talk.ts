import type { PushToTalkState, VoiceClient } from '@voice-bridge/browser-client';
import { type KeyboardEvent, type PointerEvent, type SyntheticEvent, useEffect, useMemo } from 'react';
import { useVoiceSnapshot } from './use-voice-snapshot.ts';
import { useVoiceClient } from './voice-context.ts';

/** What a button needs that is held while one speaks: with a finger, a mouse, the space bar or Enter. */
export interface PushToTalkButtonProps {
  readonly 'aria-pressed': boolean;
  onPointerDown(event: PointerEvent<HTMLElement>): void;
  onLostPointerCapture(): void;
  onKeyDown(event: KeyboardEvent): void;
  onKeyUp(event: KeyboardEvent): void;
  onBlur(): void;
  onContextMenu(event: SyntheticEvent): void;
}

/** What {@link usePushToTalk} gives. The actions never change. */
export interface PushToTalk extends Pick<VoiceClient, 'startTalking' | 'stopTalking'> {
  /** `off` where the bridge detects turns by itself: there is no button to show. */
  readonly pushToTalk: PushToTalkState;
  /** Spread it on a `<button>`, which wants `touch-action: none`. While nothing can be said it does nothing. */
  readonly buttonProps: PushToTalkButtonProps;
}

/** A button that is held while one speaks, for a bridge whose turn detection is off. It is let go when it leaves the page. */
export function usePushToTalk(): PushToTalk {
  const client = useVoiceClient();
  const pushToTalk = useVoiceSnapshot(client, (snapshot) => snapshot.pushToTalk);
  const actions = useMemo(() => actionsOf(client), [client]);
  useEffect(() => actions.stopTalking, [actions]);
  const { startTalking, stopTalking, handlers } = actions;
  return {
    pushToTalk,
    startTalking,
    stopTalking,
    buttonProps: { 'aria-pressed': pushToTalk === 'talking', ...handlers },
  };
}

function actionsOf(client: VoiceClient) {
  const startTalking = () => client.startTalking();
  const stopTalking = () => client.stopTalking();
  const press = () => {
    const { state, pushToTalk } = client.getSnapshot();
    if (state === 'connected' && pushToTalk === 'ready') startTalking();
  };
  const handlers = {
    onPointerDown(event: PointerEvent<HTMLElement>) {
      if (event.button !== 0) return;
      // The finger may leave the button before it is lifted.
      event.currentTarget.setPointerCapture(event.pointerId);
      press();
    },
    onLostPointerCapture: stopTalking,
    onKeyDown(event: KeyboardEvent) {
      if (!isPress(event)) return;
      event.preventDefault();
      if (!event.repeat) press();
    },
    onKeyUp(event: KeyboardEvent) {
      if (isPress(event)) stopTalking();
    },
    onBlur: stopTalking,
    // A long press of a finger is no question for a menu.
    onContextMenu: (event: SyntheticEvent) => event.preventDefault(),
  };
  return { startTalking, stopTalking, handlers };
}

function isPress({ key }: KeyboardEvent): boolean {
  return key === ' ' || key === 'Enter';
}
