import { usePushToTalk } from '@voice-bridge/react-hooks';

/** The button that is held while one speaks; not there where the bridge finds out by itself when somebody has finished. */
export function TalkButton() {
  const { pushToTalk, buttonProps } = usePushToTalk();
  if (pushToTalk === 'off') return null;
  return (
    <button type="button" className="talk" {...buttonProps}>
      Hold to talk
    </button>
  );
}
