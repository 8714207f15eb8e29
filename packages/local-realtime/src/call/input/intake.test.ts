import { ManualClock } from '@voice-bridge/core/testing';
import { describe, expect, it } from 'vitest';
import type { ClientMessage } from '../../openai/read-client-message.ts';
import { toBase64 } from '../sound/audio-format.ts';
import { AppendedInput } from './appended-input.ts';
import { Intake } from './intake.ts';

const append = (ms: number) => JSON.stringify({ type: 'input_audio_buffer.append', audio: silence(ms) });
const silence = (ms: number) => toBase64(new Uint8Array(48 * ms));
const commit = JSON.stringify({ type: 'input_audio_buffer.commit' });

function fixture(from: 'events' | 'track' = 'events') {
  const clock = new ManualClock();
  const told: string[] = [];
  let heardMs = 0;
  const appended = new AppendedInput((pcm) => {
    heardMs += pcm.length / 16;
  });
  const intake = new Intake({
    appended: from === 'events' ? appended : undefined,
    onMessage: (message) => told.push(`${nameOf(message)} at ${Math.round(heardMs)}`),
    onWaiting: (waiting) => told.push(waiting ? 'waits' : 'flows'),
    later: (task) => clock.after(0, task),
  });
  return { clock, told, intake, heardMs: () => heardMs };
}

function nameOf(message: ClientMessage): string {
  return message.type === 'command' ? message.command.type : message.problem.code;
}

describe('what a client sends', () => {
  it('is taken at once and in order', () => {
    const { intake, told } = fixture();
    for (const message of [append(100), commit, append(50), commit]) intake.take(message);
    expect(told).toEqual(['commitInput at 100', 'commitInput at 150']);
  });

  it('is heard 200 ms at a time, others having their turn between, and what comes behind it waits', () => {
    const { intake, told, clock, heardMs } = fixture();
    intake.take(append(1_000));
    intake.take(commit);
    const heard = [heardMs()];
    for (; told.at(-1) !== 'flows'; heard.push(Math.round(heardMs()))) clock.advance(0);
    expect(heard[0]).toBe(200);
    expect(told.filter((each) => !each.startsWith('waits'))).toEqual(['commitInput at 1000', 'flows']);
    expect(told[0]).toBe('waits');
  });

  it('is heard in turns also when it comes as many small pieces', () => {
    const { intake, clock, heardMs } = fixture();
    for (let n = 0; n < 100; n++) intake.take(append(20));
    expect(heardMs()).toBe(200);
    clock.advance(0);
    expect(heardMs()).toBe(2_000);
  });

  it('is forgotten when the call ends', () => {
    const { intake, told, clock, heardMs } = fixture();
    intake.take(append(1_000));
    intake.take(commit);
    intake.close();
    clock.advance(0);
    intake.take(commit);
    expect([heardMs(), told]).toEqual([200, ['waits']]);
  });

  it('is refused when it is no base64, and passed on when audio comes over a track', () => {
    const events = fixture();
    events.intake.take(JSON.stringify({ type: 'input_audio_buffer.append', audio: '***' }));
    expect(events.told).toEqual(['invalid_value at 0']);
    const track = fixture('track');
    track.intake.take(append(20));
    expect(track.told).toEqual(['appendAudio at 0']);
  });
});
