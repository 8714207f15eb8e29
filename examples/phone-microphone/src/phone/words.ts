import type {
  PhoneMicrophoneSnapshot,
  PhonePath,
  PhoneQuality,
  PhoneTroubleCode,
} from '@voice-bridge/browser-client/phone';

/** What is going on, in one sentence; the same for every turn, as screen readers tell it aloud. */
export function describePhone({
  state,
  microphone,
  mutedBy,
  holding,
  pushToTalk,
  session,
}: PhoneMicrophoneSnapshot): string {
  switch (state) {
    case 'idle':
      return '';
    case 'joining':
      return microphone === 'prompting' ? 'Allow the microphone when the browser asks.' : 'Joining…';
    case 'waiting':
      return 'Waiting for the desktop to let this phone in.';
    case 'connecting':
      return 'Connecting to the desktop…';
    case 'reconnecting':
      return 'Connection lost. It comes back by itself…';
    case 'removed':
      return 'The desktop took this phone out.';
    case 'closed':
      return 'This phone has left the conversation.';
    case 'failed':
      return 'That did not work.';
    case 'connected':
      if (microphone === 'unavailable') return 'No microphone: you can only listen.';
      if (mutedBy === 'desktop') return 'Muted by the desktop. Nobody hears you.';
      if (session !== null && session !== 'connected') {
        return 'The session on the desktop is not running. The assistant does not hear you.';
      }
      if (holding) return 'You are heard while you hold.';
      if (pushToTalk !== 'off') return 'Hold the button while you talk.';
      return mutedBy === null ? 'You are heard.' : 'Muted. Nobody hears you.';
  }
}

/** What the assistant does, for the eye. */
export const ASSISTANT: Readonly<Record<PhoneMicrophoneSnapshot['assistant'], string>> = {
  idle: '',
  listening: 'The assistant listens',
  thinking: 'The assistant thinks…',
  speaking: 'The assistant speaks',
  using_tool: 'The assistant uses a tool…',
};

/** Which way the sound goes, in few words and in a sentence. */
export const PATH: Readonly<Record<PhonePath, { readonly short: string; readonly long: string }>> = {
  direct: { short: 'Direct', long: 'Your voice goes straight to the desktop, through no server.' },
  relayed: { short: 'Relayed', long: 'Your voice goes to the desktop through a relay, encrypted end to end.' },
  bridge: {
    short: 'Through the server',
    long: 'No way to the desktop was found: this phone takes part through the server.',
  },
};

const FAIR = { roundTripMs: 100, lossShare: 0.02 };
const POOR = { roundTripMs: 250, lossShare: 0.08 };

/** How good the line is, as a word and as what was measured. */
export function describeQuality({ roundTripMs, lossShare }: PhoneQuality): { word: string; detail: string } {
  const worseThan = (limit: typeof FAIR) => (roundTripMs ?? 0) > limit.roundTripMs || lossShare > limit.lossShare;
  const word = worseThan(POOR) ? 'poor' : worseThan(FAIR) ? 'fair' : 'good';
  const loss = `${Math.round(lossShare * 100)} % lost`;
  return { word, detail: roundTripMs === null ? loss : `${Math.round(roundTripMs)} ms, ${loss}` };
}

/** What the button beside a trouble says. */
export function troubleButton(code: PhoneTroubleCode): string {
  switch (code) {
    case 'microphone_denied':
      return 'Ask again';
    case 'audio_blocked':
    case 'audio_interrupted':
      return 'Turn the sound on';
    case 'microphone_interrupted':
      return 'Talk on';
    case 'devices_changed':
      return 'Choose again';
    default:
      return 'Try again';
  }
}
