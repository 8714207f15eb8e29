import { VoiceBridgeProvider } from '@voice-bridge/react-hooks';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { rememberedConversationId } from './conversation-id.ts';
import './style.css';
import './app.css';
import './stage.css';
import './lamp.css';
import './hints.css';
import './cards.css';
import './composer.css';
import './widths.css';
import './motion.css';

const root = document.getElementById('root');
if (root === null) throw new Error('The page has no #root');

createRoot(root).render(
  <StrictMode>
    <VoiceBridgeProvider url={location.origin} conversationId={rememberedConversationId()}>
      <App />
    </VoiceBridgeProvider>
  </StrictMode>,
);
