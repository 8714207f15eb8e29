import { VoiceBridgeError } from '@voice-bridge/core';
import { describe, expect, it } from 'vitest';
import { voiceClientContract } from '../voice-client.contract.ts';
import { FakeVoiceBridge } from './fake-voice-bridge.ts';

voiceClientContract(() => {
  const client = new FakeVoiceBridge();
  return { client, connect: () => client.connect() };
});

describe('FakeVoiceBridge', () => {
  it('shows what the test scripts', () => {
    const fake = new FakeVoiceBridge({ state: 'connected', assistant: 'thinking' });
    fake.show({ assistant: 'speaking' });
    const line = fake.say('assistant', 'The lamp', { state: 'partial' });
    fake.say('assistant', 'The lamp is blue', { id: line.id });
    fake.callTool({ callId: 'c1', name: 'set_lamp' });
    fake.callTool({ callId: 'c1', name: 'set_lamp', state: 'done' });
    expect(fake.getSnapshot()).toMatchObject({
      state: 'connected',
      assistant: 'speaking',
      transcript: [{ text: 'The lamp is blue', state: 'final' }],
      toolCalls: [{ callId: 'c1', state: 'done' }],
    });
  });

  it('a line said by the user takes the typed one away', async () => {
    const fake = new FakeVoiceBridge({ state: 'connected' });
    await fake.sendText('hello');
    fake.say('user', 'hello');
    expect(fake.getSnapshot().transcript).toMatchObject([{ text: 'hello', state: 'final' }]);
  });

  it('fails to connect as told', async () => {
    const fake = new FakeVoiceBridge();
    fake.refusal = new VoiceBridgeError('unauthorized', 'No');
    await expect(fake.connect()).rejects.toBe(fake.refusal);
    expect(fake.getSnapshot()).toMatchObject({ state: 'failed', error: fake.refusal });
  });

  it('remembers what it was asked', async () => {
    const fake = new FakeVoiceBridge({ state: 'connected' });
    fake.setMuted(true);
    fake.interrupt();
    await fake.setInputDevice('headset');
    await fake.disconnect();
    expect(fake.actions).toEqual([
      { name: 'setMuted', muted: true },
      { name: 'interrupt' },
      { name: 'setInputDevice', deviceId: 'headset' },
      { name: 'disconnect' },
    ]);
  });

  it('tells levels and warnings', () => {
    const fake = new FakeVoiceBridge();
    const told: unknown[] = [];
    fake.on('warning', (error) => told.push(error.code));
    const stop = fake.onLevel((level) => told.push(level));
    fake.setLevels({ input: 0.5, output: 0.1 });
    stop();
    fake.setLevels({ input: 0.9, output: 0.9 });
    fake.warn(new VoiceBridgeError('audio_blocked', 'No'));
    expect(told).toEqual([{ input: 0.5, output: 0.1 }, 'audio_blocked']);
    expect(fake.inputLevel()).toBe(0.9);
  });
});
