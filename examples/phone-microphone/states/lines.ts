import type { TranscriptLine } from '@voice-bridge/browser-client';

/** A short conversation. */
export const LINES: readonly TranscriptLine[] = [
  { id: '1', role: 'user', text: 'Set the lamp to blue.', state: 'final' },
  { id: '2', role: 'assistant', text: 'The lamp is blue now.', state: 'final' },
  { id: '3', role: 'user', text: 'Tell me a story, please, while I water the plants.', state: 'final' },
  {
    id: '4',
    role: 'assistant',
    text: 'Once upon a time there was a lamp that was afraid of the dark, and nobody knew but the cat',
    state: 'partial',
  },
];
