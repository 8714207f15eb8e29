import { useToolCalls, useTranscript, useVoiceBridge } from '@voice-bridge/react-hooks';
import { Composer } from './composer.tsx';
import { rememberedConversationId } from './conversation-id.ts';
import { useDemoInfo } from './demo-info.ts';
import { Hints } from './hints.tsx';
import { Lamp } from './lamp.tsx';
import { ModelBadge } from './model-badge.tsx';
import { Stage } from './stage.tsx';
import { ToolCalls } from './tool-calls.tsx';
import { Transcript } from './transcript.tsx';
import { useTrouble } from './trouble.ts';

/** The whole page: press one button and talk. */
export function App() {
  const info = useDemoInfo();
  const { state, microphone } = useVoiceBridge();
  const { trouble, send } = useTrouble();
  const transcript = useTranscript();
  const toolCalls = useToolCalls();
  const connected = state === 'connected';
  const hears = (info?.hears ?? true) && microphone !== 'unavailable';
  return (
    <>
      <header className="top">
        <h1>
          <span aria-hidden="true" className="mark" /> Voice Bridge
        </h1>
        {info?.phone === true && (
          <a className="phone" href={`/voice/${encodeURIComponent(rememberedConversationId())}`}>
            Use your phone as microphone
          </a>
        )}
        <ModelBadge info={info} />
      </header>
      <main>
        <div className="hero">
          <Stage trouble={trouble} />
          <Lamp toolCalls={toolCalls} />
        </div>
        <Hints connected={connected} hears={hears} hints={info?.hints ?? []} onPick={send} />
        <div className="columns">
          <Transcript entries={transcript} connected={connected} />
          <ToolCalls toolCalls={toolCalls} />
        </div>
      </main>
      <footer>
        <Composer connected={connected} onSend={send} />
      </footer>
    </>
  );
}
