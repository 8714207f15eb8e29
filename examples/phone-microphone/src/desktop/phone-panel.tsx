import type { PhoneInvite } from '@voice-bridge/browser-client/phone';
import { toVoiceBridgeError, type VoiceBridgeError } from '@voice-bridge/core';
import type { PhoneLinkControls } from '@voice-bridge/react-hooks/phone';
import { useEffect, useState } from 'react';
import { describeError } from '../describe-error.ts';
import { Invitation } from './invitation.tsx';
import { isSilentInMix } from './own-silence.ts';
import { Sources } from './sources.tsx';
import { nameOf } from './words.ts';

/** Everything about phones at the desktop: letting one in, who is heard, how loud, by which way. */
export function PhonePanel({ controls }: { readonly controls: PhoneLinkControls }) {
  const { state, phones, error, link } = controls;
  const [invite, setInvite] = useState<PhoneInvite | null>(null);
  const [asking, setAsking] = useState(false);
  const [trouble, setTrouble] = useState<VoiceBridgeError | null>(null);
  useEffect(() => link.on('warning', setTrouble), [link]);

  const invited = phones.find(({ peerId }) => peerId === invite?.peerId);
  // The phone has come: its code has done its work.
  if (invited !== undefined && invited.state !== 'invited') setInvite(null);
  const others = phones.filter((phone) => phone.state !== 'invited');
  // Without phones, too, while there is something to undo.
  const mixed = others.length > 0 || controls.selected !== 'all' || isSilentInMix(controls);
  const attempt = (doing: Promise<unknown>) => {
    setTrouble(null);
    doing.catch((thrown: unknown) => setTrouble(toVoiceBridgeError(thrown, 'internal', 'That did not work')));
  };
  const ask = () => {
    if (asking) return;
    setAsking(true);
    attempt(
      controls
        .invite(invite?.peerId)
        .then(setInvite)
        .finally(() => setAsking(false)),
    );
  };
  const cancel = () => {
    if (invite !== null) attempt(controls.remove(invite.peerId));
    setInvite(null);
  };
  const shown = trouble ?? (state === 'failed' ? error : null);
  return (
    <section className="card phones" aria-labelledby="phones-title" data-state={state}>
      <h2 id="phones-title">Use your phone as microphone</h2>
      {invite === null ? (
        <>
          {others.length === 0 && (
            <p className="quiet">Talk and listen from another room. Nothing to install: your phone opens a page.</p>
          )}
          {mixed && <Sources controls={controls} phones={others} attempt={attempt} />}
          <button type="button" className={others.length === 0 ? 'primary' : ''} aria-disabled={asking} onClick={ask}>
            {asking ? 'Making a code…' : others.length === 0 ? 'Use your phone' : 'Add another phone'}
          </button>
        </>
      ) : (
        <>
          <Invitation key={invite.url} invite={invite} onAgain={ask} onCancel={cancel} />
          {mixed && <Sources controls={controls} phones={others} attempt={attempt} />}
        </>
      )}
      <p className="unseen" role="status">
        {others.map(({ peerId, name, ...phone }) => `${nameOf(peerId, name)}: ${SPOKEN[phone.state]}`).join('. ')}
      </p>
      <div role="alert">
        {shown !== null && (
          <p className="note bad">
            {describeError(shown)}{' '}
            {trouble !== null && (
              <button type="button" onClick={() => setTrouble(null)}>
                Dismiss
              </button>
            )}
          </p>
        )}
      </div>
    </section>
  );
}

/** Told aloud when it changes. */
const SPOKEN = {
  invited: '',
  waiting: 'wants to come in',
  connecting: 'connecting',
  connected: 'connected',
  reconnecting: 'connection lost',
  away: 'away',
} as const;
