import { FakeVoiceBridge } from '@voice-bridge/browser-client/testing';
import { renderToString } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import { useAudioLevel } from './use-audio-level.ts';
import { useOpenConversations } from './use-open-conversations.ts';
import { usePhoneLink } from './use-phone-link.ts';
import { usePhoneMicrophone } from './use-phone-microphone.ts';
import { useToolCalls } from './use-tool-calls.ts';
import { useTranscript } from './use-transcript.ts';
import { VoiceBridgeProvider } from './voice-bridge-provider.tsx';
import { VoiceButton } from './voice-button.tsx';
import { VoiceStatusIndicator } from './voice-status-indicator.tsx';

function Everything() {
  return (
    <>
      <VoiceButton />
      <VoiceStatusIndicator />
      <p>{[useTranscript().length, useToolCalls().length, useAudioLevel('input')].join()}</p>
    </>
  );
}

function BothEnds() {
  const states = [usePhoneLink().state, usePhoneMicrophone().state, useOpenConversations().state];
  return <p>{states.join(' ')}</p>;
}

describe('on a server, without a window', () => {
  it('renders the idle state with a client of its own', () => {
    expect(typeof window).toBe('undefined');
    const html = renderToString(
      <VoiceBridgeProvider url="https://bridge.example.org">
        <Everything />
      </VoiceBridgeProvider>,
    );
    expect(html).toContain('Start talking');
    expect(html).toContain('data-state="idle"');
    expect(html).toContain('<p>0,0,0</p>');
  });

  it('renders the idle state whatever a given client already does, so that hydration agrees', () => {
    const html = renderToString(
      <VoiceBridgeProvider client={new FakeVoiceBridge({ state: 'connected' })}>
        <Everything />
      </VoiceBridgeProvider>,
    );
    expect(html).toContain('data-state="idle"');
  });

  it('renders both ends of a phone link as never used', () => {
    const html = renderToString(
      <VoiceBridgeProvider url="https://bridge.example.org">
        <BothEnds />
      </VoiceBridgeProvider>,
    );
    expect(html).toBe('<p>closed idle loading</p>');
  });
});
