import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeAudioGraphNodes } from '../../testing/fake-audio-nodes.ts';
import { FakeStream, FakeTrack } from '../../testing/fake-media.ts';
import { openBrowserPhoneAudio } from './browser-phone-audio.ts';

let nodes: FakeAudioGraphNodes;
let told: string[];

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  nodes = new FakeAudioGraphNodes();
  for (const [name, value] of Object.entries(nodes.globals)) vi.stubGlobal(name, value);
  told = [];
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

const open = () => openBrowserPhoneAudio((state) => told.push(state));

/** Sound that the browser does not start before the page is touched. */
function openUntouched() {
  nodes.context.state = 'suspended';
  nodes.context.resume = () => Promise.reject(new DOMException('No gesture yet', 'NotAllowedError'));
  return open();
}

describe('the sound of a phone in its browser', () => {
  it('[S-0.28] is blocked when it did not start within 500 ms, and runs from the first tap on', async () => {
    const audio = openUntouched();
    nodes.context.become('suspended');
    vi.advanceTimersByTime(499);
    expect([audio.state, told]).toEqual(['running', []]);
    vi.advanceTimersByTime(1);
    expect([audio.state, told]).toEqual(['blocked', ['blocked']]);
    nodes.context.resume = async () => nodes.context.become('running');
    nodes.page.dispatchEvent(new Event('pointerdown'));
    expect([audio.state, told]).toEqual(['running', ['blocked', 'running']]);
  });

  it('is not blocked when it starts a little late', () => {
    const audio = openUntouched();
    vi.advanceTimersByTime(400);
    nodes.context.become('running');
    vi.advanceTimersByTime(10_000);
    expect([audio.state, told]).toEqual(['running', []]);
  });

  it.each(['suspended', 'interrupted'])(
    '[S-0.28] is interrupted when the system stops it (%s), and says so once',
    (state) => {
      const audio = open();
      nodes.context.become('running');
      nodes.context.become(state);
      nodes.context.become(state);
      expect([audio.state, told]).toEqual(['interrupted', ['interrupted']]);
      nodes.page.dispatchEvent(new Event('visibilitychange'));
      expect([audio.state, told]).toEqual(['running', ['interrupted', 'running']]);
    },
  );

  it('is interrupted, not blocked, by a call that lasts when the page is opened', () => {
    const audio = openUntouched();
    nodes.context.become('interrupted');
    expect([audio.state, told]).toEqual(['interrupted', ['interrupted']]);
  });

  it('measures while somebody looks, and nothing else', () => {
    const audio = open();
    audio.watchInput(new FakeStream(new FakeTrack('microphone')));
    expect([audio.inputLevel(), audio.outputLevel()]).toEqual([0.5, 0]);
    audio.setMetering(false);
    audio.play(new FakeStream(new FakeTrack('desktop')));
    expect([audio.inputLevel(), audio.outputLevel()]).toEqual([0, 0]);
    audio.setMetering(true);
    expect([audio.inputLevel(), audio.outputLevel()]).toEqual([0.5, 0.5]);
  });

  it('frees everything when it is closed, once, and tells and wakes no more', () => {
    const audio = openUntouched();
    const silence = audio.silentTrack();
    audio.close();
    audio.close();
    expect([nodes.context.closed, silence.readyState, vi.getTimerCount()]).toEqual([1, 'ended', 0]);
    nodes.context.become('interrupted');
    nodes.page.dispatchEvent(new Event('keydown'));
    expect(told).toEqual([]);
  });
});
