import { useOpenConversations } from '@voice-bridge/react-hooks/phone';

/** What one may join without a code, being signed in; nothing at all where there is none. */
export function OpenConversations({ onPick }: { readonly onPick: (conversationId: string) => void }) {
  const { conversations } = useOpenConversations();
  if (conversations.length === 0) return null;
  return (
    <section className="open" aria-labelledby="open-title">
      <h2 id="open-title">Or choose an open conversation</h2>
      <ul>
        {conversations.map(({ conversationId, participants }) => (
          <li key={conversationId}>
            <button type="button" className="wide" onClick={() => onPick(conversationId)}>
              <span className="id">{conversationId}</span>
              <span className="quiet">{participants === 1 ? '1 is there' : `${participants} are there`}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
