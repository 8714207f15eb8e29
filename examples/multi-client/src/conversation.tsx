import { useParticipants, useTranscript, useVoiceBridge } from '@voice-bridge/react-hooks';
import { useEffect, useState } from 'react';
import { Invitation } from './invitation.tsx';
import { People } from './people.tsx';
import { TalkButton } from './talk-button.tsx';

/** Everybody, what was said, and the way out. */
export function Conversation({ onLeft }: { onLeft: () => void }) {
  const { state, error, assistant, client, sendText, disconnect } = useVoiceBridge();
  const [trouble, setTrouble] = useState<string | null>(null);
  useEffect(() => client.on('warning', ({ message }) => setTrouble(message)), [client]);
  return (
    <main className="conversation" data-state={state} data-assistant={assistant}>
      <h1>Talk together</h1>
      <p role="status">
        {state === 'connected' ? `Connected; the assistant is ${assistant.replace('_', ' ')}.` : `${state}…`}
      </p>
      {(error !== null || trouble !== null) && <p role="alert">{error?.message ?? trouble}</p>}
      <TalkButton />
      <Invitation />
      <People />
      <Lines />
      <form
        className="card"
        onSubmit={(event) => {
          event.preventDefault();
          const form = event.currentTarget;
          const text = String(new FormData(form).get('text')).trim();
          if (text === '') return;
          sendText(text).catch(({ message }: Error) => setTrouble(message));
          form.reset();
        }}
      >
        <label htmlFor="text">Type instead</label>
        <input id="text" name="text" maxLength={4000} autoComplete="off" />
        <button type="submit">Send</button>
        <button
          type="button"
          onClick={() => {
            void disconnect();
            onLeft();
          }}
        >
          Leave
        </button>
      </form>
    </main>
  );
}

function Lines() {
  const lines = useTranscript();
  const { participants } = useParticipants();
  const nameOf = (id: string | undefined) =>
    participants.find(({ participantId }) => participantId === id)?.name ?? 'Somebody';
  return (
    <ol className="card lines" aria-label="Transcript lines">
      {lines.map(({ id, role, text, state, participantId }) => (
        <li key={id} data-role={role} data-state={state}>
          <b>{role === 'assistant' ? 'Assistant' : nameOf(participantId)}</b> {text}
        </li>
      ))}
    </ol>
  );
}
