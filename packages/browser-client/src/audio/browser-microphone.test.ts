import { afterEach, describe, expect, it, vi } from 'vitest';
import { FakeStream, FakeTrack } from '../testing/fake-media.ts';
import { browserMicrophone } from './browser-microphone.ts';

function giveBrowser(getUserMedia: (constraints: unknown) => Promise<MediaStream>): void {
  vi.stubGlobal('isSecureContext', true);
  vi.stubGlobal('navigator', { mediaDevices: { getUserMedia } });
}
const open = (deviceId: string | null = null, onEnded = () => {}) =>
  browserMicrophone.open(deviceId, { noiseSuppression: false }, onEnded);

describe('the microphones of a browser', () => {
  afterEach(() => vi.unstubAllGlobals());

  it('[S-0.38] [S-4.2] are asked for with echo cancellation and gain control, and what the page wants changed', async () => {
    const asked: unknown[] = [];
    giveBrowser(async (constraints) => {
      asked.push(constraints);
      return new FakeStream(new FakeTrack('mic'));
    });
    await open();
    await open('headset');
    const usual = { echoCancellation: true, noiseSuppression: false, autoGainControl: true, channelCount: 1 };
    expect(asked).toEqual([{ audio: usual }, { audio: { ...usual, deviceId: { exact: 'headset' } } }]);
  });

  it('tells that a device went away, but not that we stopped it', async () => {
    const track = new FakeTrack('mic');
    giveBrowser(async () => new FakeStream(track));
    let ended = 0;
    const microphone = await open(null, () => ended++);
    track.dispatchEvent(new Event('ended'));
    microphone.stop();
    track.dispatchEvent(new Event('ended'));
    expect(ended).toBe(1);
    expect(track.readyState).toBe('ended');
  });

  it.each([
    ['NotAllowedError', 'microphone_denied'],
    ['SecurityError', 'microphone_denied'],
    ['NotFoundError', 'microphone_not_found'],
    ['OverconstrainedError', 'microphone_not_found'],
    ['NotReadableError', 'microphone_in_use'],
    ['AbortError', 'microphone_failed'],
  ])('[S-2.25] %s is %s, with a hint', async (name, code) => {
    giveBrowser(() => Promise.reject(new DOMException('as browsers say', name)));
    await expect(open()).rejects.toMatchObject({ code, hint: expect.any(String) });
  });

  it('[S-2.24] an insecure page is told so', async () => {
    vi.stubGlobal('isSecureContext', false);
    vi.stubGlobal('navigator', {});
    await expect(open()).rejects.toMatchObject({ code: 'insecure_context' });
    expect(() => browserMicrophone.onDevicesChanged(() => {})()).not.toThrow();
  });
});
