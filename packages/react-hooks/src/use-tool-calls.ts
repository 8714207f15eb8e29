import type { ToolCall } from '@voice-bridge/browser-client';
import { useVoiceSnapshot } from './use-voice-snapshot.ts';
import { useVoiceClient } from './voice-context.ts';

/** The session's tool calls, oldest first. */
export function useToolCalls(): readonly ToolCall[] {
  return useVoiceSnapshot(useVoiceClient(), (snapshot) => snapshot.toolCalls);
}
