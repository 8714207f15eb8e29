import { VoiceBridgeClient } from '@voice-bridge/browser-client';
import { VoiceBridgeProvider } from '@voice-bridge/react-hooks';
import { useState } from 'react';
import { Conversation } from './conversation.tsx';
import { conversationOfPage } from './shared-link.ts';

const conversationId = conversationOfPage();

/** Who one is, then the conversation. */
export function App() {
  const [client, setClient] = useState<VoiceBridgeClient | null>(null);
  const [name, setName] = useState('');
  if (client !== null) {
    return (
      <VoiceBridgeProvider client={client}>
        <Conversation onLeft={() => setClient(null)} />
      </VoiceBridgeProvider>
    );
  }
  return (
    <main>
      <h1>Talk together</h1>
      <form
        className="card"
        onSubmit={(event) => {
          event.preventDefault();
          const joining = new VoiceBridgeClient({ conversationId, shared: true, name: name.trim() || 'Somebody' });
          // In the click, so that the page may play sound. What goes wrong is in the snapshot, and shown.
          joining.connect().catch(() => undefined);
          setClient(joining);
        }}
      >
        <label htmlFor="name">Your name</label>
        <input
          id="name"
          value={name}
          onChange={(event) => setName(event.target.value)}
          maxLength={64}
          autoComplete="nickname"
        />
        <button type="submit">Join</button>
      </form>
    </main>
  );
}
