import type { VoiceClient, VoiceSnapshot } from '@voice-bridge/browser-client';
import { useMemo } from 'react';
import { useVoiceSnapshot } from './use-voice-snapshot.ts';
import { useVoiceClient } from './voice-context.ts';

/** What {@link useVoiceBridge} gives: the session's state and what one can do. The actions never change. */
export interface VoiceBridge
  extends Pick<
      VoiceSnapshot,
      | 'state'
      | 'sessionId'
      | 'microphone'
      | 'microphoneReason'
      | 'muted'
      | 'speakerMuted'
      | 'assistant'
      | 'userSpeaking'
      | 'error'
    >,
    Pick<
      VoiceClient,
      'disconnect' | 'setMuted' | 'setSpeakerMuted' | 'sendText' | 'interrupt' | 'setInputDevice' | 'setOutputDevice'
    > {
  /** Opens a session; call it in a click or key press. Rejects on failure, which is in `error` as well. */
  readonly connect: VoiceClient['connect'];
  readonly client: VoiceClient;
}

/** The session's state and actions. Transcript, tool calls and levels have hooks of their own and do not re-render this one. */
export function useVoiceBridge(): VoiceBridge {
  const client = useVoiceClient();
  const state = useVoiceSnapshot(client, (snapshot) => snapshot.state);
  const sessionId = useVoiceSnapshot(client, (snapshot) => snapshot.sessionId);
  const microphone = useVoiceSnapshot(client, (snapshot) => snapshot.microphone);
  const microphoneReason = useVoiceSnapshot(client, (snapshot) => snapshot.microphoneReason);
  const muted = useVoiceSnapshot(client, (snapshot) => snapshot.muted);
  const speakerMuted = useVoiceSnapshot(client, (snapshot) => snapshot.speakerMuted);
  const assistant = useVoiceSnapshot(client, (snapshot) => snapshot.assistant);
  const userSpeaking = useVoiceSnapshot(client, (snapshot) => snapshot.userSpeaking);
  const error = useVoiceSnapshot(client, (snapshot) => snapshot.error);
  const actions = useMemo(() => actionsOf(client), [client]);
  return {
    state,
    sessionId,
    microphone,
    microphoneReason,
    muted,
    speakerMuted,
    assistant,
    userSpeaking,
    error,
    ...actions,
    client,
  };
}

function actionsOf(client: VoiceClient) {
  return {
    connect: (options?: { readonly signal?: AbortSignal }) => client.connect(options),
    disconnect: () => client.disconnect(),
    setMuted: (muted: boolean) => client.setMuted(muted),
    setSpeakerMuted: (muted: boolean) => client.setSpeakerMuted(muted),
    sendText: (text: string) => client.sendText(text),
    interrupt: () => client.interrupt(),
    setInputDevice: (deviceId: string | null) => client.setInputDevice(deviceId),
    setOutputDevice: (deviceId: string | null) => client.setOutputDevice(deviceId),
  };
}
