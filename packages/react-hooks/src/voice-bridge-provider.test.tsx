// @vitest-environment happy-dom

import { act, cleanup, render, renderHook } from '@testing-library/react';
import { VoiceBridgeClient, type VoiceClient } from '@voice-bridge/browser-client';
import { FakeVoiceBridge } from '@voice-bridge/browser-client/testing';
import { StrictMode } from 'react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createVoiceWrapper } from './create-voice-wrapper.tsx';
import { useVoiceBridge } from './use-voice-bridge.ts';
import { VoiceBridgeProvider } from './voice-bridge-provider.tsx';
import { useVoiceClient } from './voice-context.ts';

const seen: VoiceClient[] = [];
function Seer() {
  seen.push(useVoiceClient());
  return null;
}
function State() {
  return <p>{useVoiceBridge().state}</p>;
}
const nextMacrotask = () => act(() => new Promise<void>((resolve) => setTimeout(resolve, 0)));

describe('VoiceBridgeProvider', () => {
  afterEach(async () => {
    cleanup();
    await nextMacrotask();
    seen.length = 0;
    vi.restoreAllMocks();
  });

  it('makes one client and never connects by itself, in StrictMode too', async () => {
    const connect = vi.spyOn(VoiceBridgeClient.prototype, 'connect');
    const disconnect = vi.spyOn(VoiceBridgeClient.prototype, 'disconnect');
    const tree = (
      <StrictMode>
        <VoiceBridgeProvider url="https://bridge.example.org" conversationId="kitchen">
          <Seer />
        </VoiceBridgeProvider>
      </StrictMode>
    );
    const view = render(tree);
    view.rerender(tree);
    await nextMacrotask();
    expect(new Set(seen).size).toBe(1);
    expect(seen[0]).toBeInstanceOf(VoiceBridgeClient);
    expect(connect).not.toHaveBeenCalled();
    expect(disconnect).not.toHaveBeenCalled();
    view.unmount();
    await nextMacrotask();
    expect(disconnect).toHaveBeenCalledTimes(1);
  });

  it('gives its options to the client', () => {
    render(
      <VoiceBridgeProvider conversationId="kitchen">
        <Seer />
      </VoiceBridgeProvider>,
    );
    const [client] = seen;
    expect(client instanceof VoiceBridgeClient && client.conversationId).toBe('kitchen');
  });

  it('another key is another conversation, and the first one is left', async () => {
    const disconnect = vi.spyOn(VoiceBridgeClient.prototype, 'disconnect');
    const tree = (id: string) => (
      <VoiceBridgeProvider key={id} conversationId={id}>
        <Seer />
      </VoiceBridgeProvider>
    );
    const view = render(tree('kitchen'));
    view.rerender(tree('garage'));
    await nextMacrotask();
    expect(new Set(seen).size).toBe(2);
    expect(disconnect.mock.contexts).toEqual([seen[0]]);
  });

  it('leaves a client of yours alone', async () => {
    const fake = new FakeVoiceBridge({ state: 'connected' });
    const view = render(
      <StrictMode>
        <VoiceBridgeProvider client={fake}>
          <Seer />
        </VoiceBridgeProvider>
      </StrictMode>,
    );
    view.unmount();
    await nextMacrotask();
    expect(new Set(seen)).toEqual(new Set([fake]));
    expect(fake.actions).toEqual([]);
  });

  it('follows when it is given another client', () => {
    const first = new FakeVoiceBridge();
    const second = new FakeVoiceBridge({ state: 'connected' });
    const tree = (client: VoiceClient) => (
      <VoiceBridgeProvider client={client}>
        <State />
      </VoiceBridgeProvider>
    );
    const view = render(tree(first));
    view.rerender(tree(second));
    expect(view.container.textContent).toBe('connected');
    act(() => second.show({ state: 'closed' }));
    expect(view.container.textContent).toBe('closed');
  });

  it('hooks outside of a provider say what is missing', () => {
    vi.spyOn(console, 'error').mockImplementation(() => {});
    expect(() => renderHook(() => useVoiceBridge())).toThrow('VoiceBridgeProvider');
    expect(() =>
      renderHook(() => useVoiceBridge(), { wrapper: createVoiceWrapper(new FakeVoiceBridge()) }),
    ).not.toThrow();
  });
});
