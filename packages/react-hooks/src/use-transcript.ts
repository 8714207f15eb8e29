import type { TranscriptLine } from '@voice-bridge/browser-client';
import { useVoiceSnapshot } from './use-voice-snapshot.ts';
import { useVoiceClient } from './voice-context.ts';

/** The conversation's lines in order, typed ones that are pending or failed included. */
export function useTranscript(): readonly TranscriptLine[] {
  return useVoiceSnapshot(useVoiceClient(), (snapshot) => snapshot.transcript);
}
