import { toVoiceBridgeError, type VoiceBridgeError } from '@voice-bridge/core';
import { useVoiceBridge } from '@voice-bridge/react-hooks';
import { useEffect, useState } from 'react';

/** What last went wrong while the conversation went on. */
export interface Trouble {
  readonly error: VoiceBridgeError | null;
  readonly dismiss: () => void;
}

/** The client's warnings and texts that could not be sent, until dismissed or until the session changes; and a way to send text. */
export function useTrouble(): { trouble: Trouble; send: (text: string) => void } {
  const { client } = useVoiceBridge();
  const [error, setError] = useState<VoiceBridgeError | null>(null);
  useEffect(() => client.on('warning', setError), [client]);
  useEffect(
    () =>
      client.on('stateChanged', (state) => {
        // What ended a session has an error of its own; a redial keeps the warnings of its session.
        if (state === 'connecting' || state === 'closed' || state === 'failed') setError(null);
      }),
    [client],
  );
  const send = (text: string) => {
    setError(null);
    client.sendText(text).catch((thrown: unknown) => {
      // A session that ended meanwhile says so itself; the text stays in the transcript, marked.
      if (client.state === 'connected') setError(toVoiceBridgeError(thrown, 'internal', 'The text was not sent'));
    });
  };
  return { trouble: { error, dismiss: () => setError(null) }, send };
}
