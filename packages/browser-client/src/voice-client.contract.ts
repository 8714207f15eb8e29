import { describe, expect, it } from 'vitest';
import type { VoiceClient } from './voice-client.ts';

/** A client under contract, and how to let its `connect()` succeed. */
export interface ContractSubject {
  readonly client: VoiceClient;
  /** Connects it. */
  connect(): Promise<void>;
}

/** What every {@link VoiceClient} keeps, the real one and the fake. */
export function voiceClientContract(create: () => ContractSubject): void {
  describe('a VoiceClient', () => {
    it('starts idle, with everything empty', () => {
      const { client } = create();
      expect(client.state).toBe('idle');
      expect(client.getSnapshot()).toMatchObject({ microphone: 'off', assistant: 'idle', error: null, transcript: [] });
    });

    it('connects and disconnects, telling every state once', async () => {
      const subject = create();
      const states: string[] = [];
      subject.client.on('stateChanged', (state, previous) => states.push(`${previous}>${state}`));
      await subject.connect();
      expect(subject.client.getSnapshot()).toMatchObject({ state: 'connected', microphone: 'live' });
      expect(subject.client.getSnapshot().sessionId).not.toBeNull();
      await subject.client.disconnect();
      expect(subject.client.getSnapshot()).toMatchObject({ state: 'closed', microphone: 'off', sessionId: null });
      expect(states).toEqual(['idle>connecting', 'connecting>connected', 'connected>closed']);
    });

    it('connects again after it was disconnected', async () => {
      const subject = create();
      await subject.connect();
      await subject.client.disconnect();
      await subject.connect();
      expect(subject.client.state).toBe('connected');
      await subject.client.disconnect();
    });

    it('gives the same snapshot until something changed, and tells of it then', async () => {
      const { client } = create();
      let told = 0;
      const stop = client.subscribe(() => told++);
      const before = client.getSnapshot();
      client.setMuted(false);
      expect(client.getSnapshot()).toBe(before);
      client.setMuted(true);
      expect(client.getSnapshot()).not.toBe(before);
      expect(told).toBe(1);
      stop();
      client.setMuted(false);
      expect(told).toBe(1);
    });

    it('disconnect() of a client that is not connected does nothing', async () => {
      const { client } = create();
      await client.disconnect();
      expect(client.state).toBe('idle');
    });

    it('rejects text with not_connected while it is not', async () => {
      await expect(create().client.sendText('hello')).rejects.toMatchObject({ code: 'not_connected' });
    });

    it('[S-2.20] shows typed text as pending', async () => {
      const subject = create();
      await subject.connect();
      await subject.client.sendText('hello');
      expect(subject.client.getSnapshot().transcript).toMatchObject([
        { role: 'user', text: 'hello', state: 'pending' },
      ]);
      await subject.client.disconnect();
    });

    it('[S-2.14] keeps a mute over sessions', async () => {
      const subject = create();
      subject.client.setMuted(true);
      await subject.connect();
      expect(subject.client.getSnapshot().microphone).toBe('muted');
      await subject.client.disconnect();
      await subject.connect();
      expect(subject.client.getSnapshot().microphone).toBe('muted');
      await subject.client.disconnect();
    });

    it('refuses push-to-talk while not connected, and where turns are detected', async () => {
      const subject = create();
      const press = () => subject.client.startTalking();
      expect(press).toThrow(expect.objectContaining({ code: 'not_connected' }));
      await subject.connect();
      expect(press).toThrow(expect.objectContaining({ code: 'invalid_request' }));
      subject.client.stopTalking();
      expect(subject.client.getSnapshot()).toMatchObject({ pushToTalk: 'off', microphone: 'live' });
      await subject.client.disconnect();
    });

    it('rejects connect() with aborted when its signal already is', async () => {
      const { client } = create();
      await expect(client.connect({ signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'aborted' });
      expect(client.state).toBe('idle');
    });

    it('levels are 0 while nothing is measured', () => {
      const { client } = create();
      expect([client.inputLevel(), client.outputLevel()]).toEqual([0, 0]);
    });
  });
}
