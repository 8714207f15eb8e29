import { type PhoneMicrophoneControls, usePhoneLevel } from '@voice-bridge/react-hooks/phone';
import { useRef } from 'react';
import { loudnessOf } from '../loudness.ts';
import { useTapOrHold } from './use-tap-or-hold.ts';

/** The one big button: tap to mute, hold to talk. The ring around it is as loud as the microphone. */
export function TalkButton({ controls }: { readonly controls: PhoneMicrophoneControls }) {
  const ring = useRef<HTMLDivElement>(null);
  const { microphone, phone } = controls;
  usePhoneLevel(phone, (level) => ring.current?.style.setProperty('--level', loudnessOf(level).toFixed(2)));
  const press = useTapOrHold(controls);
  const without = microphone === 'unavailable';
  const heard = microphone === 'live';
  // The microphone may go in the middle of a press: its end must not be lost.
  const { onPointerUp, onPointerCancel, onKeyUp } = press;
  const handlers = without ? { onPointerUp, onPointerCancel, onKeyUp } : press;
  return (
    <div ref={ring} className="ring" data-heard={heard}>
      <button type="button" className="talk-button" aria-disabled={without} {...handlers}>
        <Microphone crossed={!heard} />
        {without ? 'No microphone' : <Label {...controls} />}
      </button>
    </div>
  );
}

/** What a press does. */
function Label({ muted, holding, pushToTalk }: Pick<PhoneMicrophoneControls, 'muted' | 'holding' | 'pushToTalk'>) {
  if (pushToTalk !== 'off') return pushToTalk === 'talking' ? 'Let go to be answered' : 'Hold to talk';
  if (holding) return 'Let go to mute';
  if (!muted) return 'Mute';
  return (
    <span>
      Unmute, <small>or hold to talk</small>
    </span>
  );
}

function Microphone({ crossed }: { readonly crossed: boolean }) {
  return (
    <svg viewBox="0 0 24 24" aria-hidden="true" className="icon">
      <rect x="9" y="3" width="6" height="11" rx="3" />
      <path d="M5.5 11.5a6.5 6.5 0 0 0 13 0M12 18v3" fill="none" />
      {crossed && <path d="M4 4l16 16" className="cross" fill="none" />}
    </svg>
  );
}
