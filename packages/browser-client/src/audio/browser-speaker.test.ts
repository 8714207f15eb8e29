// @vitest-environment happy-dom
import { afterEach, describe, expect, it, vi } from 'vitest';
import { openBrowserSpeaker } from './browser-speaker.ts';

const elements = () => [...document.querySelectorAll('audio')];
const refuse = () => Promise.reject(new DOMException('No gesture yet', 'NotAllowedError'));
const settled = () => new Promise<void>((resolve) => setTimeout(resolve, 0));

describe('the speaker of a browser', () => {
  afterEach(() => vi.restoreAllMocks());

  it('[S-2.13] plays on a hidden element, and on a muted one that feeds the audio graph', () => {
    const speaker = openBrowserSpeaker(() => {});
    const stream = new MediaStream();
    speaker.play(stream);
    speaker.setMuted(false);
    expect(elements().map((each) => [each.dataset.voiceBridge, each.muted, each.hidden])).toEqual([
      ['speaker', false, true],
      ['monitor', true, true],
    ]);
    expect(elements().every((each) => each.srcObject === stream)).toBe(true);
    speaker.close();
  });

  it('[S-2.14] muting silences what is heard and keeps the graph fed', () => {
    const speaker = openBrowserSpeaker(() => {});
    speaker.setMuted(true);
    expect(elements().map((each) => each.muted)).toEqual([true, true]);
    speaker.setMuted(false);
    expect(elements().map((each) => each.muted)).toEqual([false, true]);
    speaker.close();
  });

  it('[S-2.16] takes its elements out of the page again', () => {
    const speaker = openBrowserSpeaker(() => {});
    const [heard] = elements();
    speaker.close();
    speaker.close();
    expect(elements()).toEqual([]);
    expect(heard?.srcObject).toBeNull();
  });

  it('[S-0.28] tells once that the browser refused, and plays at the next gesture', async () => {
    const play = vi.spyOn(HTMLMediaElement.prototype, 'play').mockImplementation(refuse);
    const told: string[] = [];
    const speaker = openBrowserSpeaker((error) => told.push(error.code));
    await settled();
    expect(told).toEqual(['audio_blocked']);
    play.mockClear().mockResolvedValue(undefined);
    document.dispatchEvent(new Event('pointerdown'));
    expect(play).toHaveBeenCalledTimes(2);
    document.dispatchEvent(new Event('pointerdown'));
    expect(play).toHaveBeenCalledTimes(2);
    speaker.close();
  });

  it('waits for no gesture after it was closed', async () => {
    const play = vi.spyOn(HTMLMediaElement.prototype, 'play').mockImplementation(refuse);
    const speaker = openBrowserSpeaker(() => {});
    await settled();
    speaker.close();
    play.mockClear();
    document.dispatchEvent(new Event('keydown'));
    expect(play).not.toHaveBeenCalled();
  });

  it('says so where outputs cannot be chosen', async () => {
    const speaker = openBrowserSpeaker(() => {});
    for (const each of elements()) Object.assign(each, { setSinkId: undefined });
    await expect(speaker.setDevice('headphones')).rejects.toMatchObject({ code: 'output_unavailable' });
    speaker.close();
  });
});
