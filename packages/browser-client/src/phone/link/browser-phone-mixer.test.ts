import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeAudioGraphNodes } from '../../testing/fake-audio-nodes.ts';
import { FakeStream, FakeTrack } from '../../testing/fake-media.ts';
import { openBrowserPhoneMixer } from './browser-phone-mixer.ts';
import type { PhoneMixer } from './phone-mixer.ts';

let nodes: FakeAudioGraphNodes;
let running: boolean[];
let mixer: PhoneMixer;

beforeEach(async () => {
  nodes = new FakeAudioGraphNodes();
  for (const [name, value] of Object.entries(nodes.globals)) vi.stubGlobal(name, value);
  running = [];
  mixer = openBrowserPhoneMixer((runs) => running.push(runs));
  await Promise.resolve();
});
afterEach(() => vi.unstubAllGlobals());

const sound = (of: string) => new FakeStream(new FakeTrack(of));

/** A desktop with an assistant and two phones. */
function fill() {
  mixer.setMicrophone(sound('desktop'));
  mixer.setAssistant(sound('assistant'));
  const heard = { mobile: mixer.trackFor('mobile'), 'mobile-2': mixer.trackFor('mobile-2') };
  mixer.setPhone('mobile', sound('mobile'));
  mixer.setPhone('mobile-2', sound('mobile-2'));
  return heard;
}

describe('the mix of a browser', () => {
  it('[S-0.24] [S-0.49] goes to the bridge without the assistant, and to each phone without itself', () => {
    const heard = fill();
    expect(nodes.heardIn(mixer.track)).toEqual({ desktop: 1, mobile: 1, 'mobile-2': 1 });
    expect(nodes.heardIn(heard.mobile)).toEqual({ assistant: 1, 'mobile-2': 1 });
    expect(nodes.heardIn(heard['mobile-2'])).toEqual({ assistant: 1, mobile: 1 });
    mixer.setMicrophoneToPhones(true);
    expect(nodes.heardIn(heard.mobile)).toEqual({ assistant: 1, desktop: 1, 'mobile-2': 1 });
  });

  it('[S-0.25] is as loud as the gains say, for the bridge and for other phones', () => {
    const heard = fill();
    mixer.setGain('mobile', 2);
    mixer.setGain('desktop', 0);
    expect(nodes.heardIn(mixer.track)).toEqual({ mobile: 2, 'mobile-2': 1 });
    expect(nodes.heardIn(heard['mobile-2'])).toEqual({ assistant: 1, mobile: 2 });
    mixer.setMicrophoneToPhones(true);
    expect(nodes.heardIn(heard.mobile)).toEqual({ assistant: 1, 'mobile-2': 1 });
  });

  it('a phone that is removed hears nothing and is heard nowhere, and what it heard has ended', () => {
    const heard = fill();
    const before = nodes.constants.filter(({ runs }) => runs).length;
    mixer.removePhone('mobile');
    expect(nodes.heardIn(mixer.track)).toEqual({ desktop: 1, 'mobile-2': 1 });
    expect(nodes.heardIn(heard['mobile-2'])).toEqual({ assistant: 1 });
    expect(nodes.heardIn(heard.mobile)).toEqual({});
    expect(heard.mobile.readyState).toBe('ended');
    expect(nodes.constants.filter(({ runs }) => runs)).toHaveLength(before - 1);
    mixer.removePhone('mobile');
    expect(mixer.trackFor('mobile').readyState).toBe('live');
    expect(mixer.level('mobile')).toBe(0);
  });

  it('a source that is told again is not made anew: that would click', () => {
    fill();
    const assistant = sound('another assistant');
    mixer.setAssistant(assistant);
    const sources = nodes.sources.length;
    mixer.setAssistant(assistant);
    expect(nodes.sources).toHaveLength(sources);
    mixer.setAssistant(null);
    expect(nodes.heardIn(mixer.trackFor('mobile'))).toEqual({ 'mobile-2': 1 });
  });

  it('tells when the browser stops it and lets it go on, once each, and a gesture wakes it', () => {
    expect(running).toEqual([true]);
    nodes.context.become('interrupted');
    nodes.context.become('suspended');
    expect(running).toEqual([true, false]);
    nodes.page.dispatchEvent(new Event('pointerdown'));
    expect(running).toEqual([true, false, true]);
  });

  it('frees everything when it is closed, once, and wakes no more', () => {
    const heard = fill();
    mixer.close();
    mixer.close();
    expect(nodes.constants.filter(({ runs }) => runs)).toEqual([]);
    expect([mixer.track.readyState, heard.mobile.readyState, nodes.context.state]).toEqual([
      'ended',
      'ended',
      'closed',
    ]);
    nodes.page.dispatchEvent(new Event('keydown'));
    expect([nodes.context.closed, running]).toEqual([1, [true]]);
  });
});
