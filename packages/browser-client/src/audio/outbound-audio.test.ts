import { describe, expect, it } from 'vitest';
import type { MicrophoneReport } from '../client-state.ts';
import { FakeAudioGraph } from '../testing/fake-audio.ts';
import { FakeMicrophone } from '../testing/fake-microphone.ts';
import { OutboundAudio } from './outbound-audio.ts';

function setUp() {
  const microphone = new FakeMicrophone();
  const graph = new FakeAudioGraph();
  const tracks: string[] = [];
  const reports: MicrophoneReport[] = [];
  const warnings: string[] = [];
  const audio = new OutboundAudio({
    microphone,
    graph,
    processing: { echoCancellation: false },
    sinks: {
      onTrack: (track) => tracks.push(track.label),
      onMicrophone: (report) => reports.push(report),
      onWarning: (error) => warnings.push(error.code),
    },
  });
  return { microphone, graph, tracks, reports, warnings, audio };
}
const settled = () => new Promise<void>((resolve) => setTimeout(resolve, 0));

describe('OutboundAudio', () => {
  it('sends and measures the microphone that was allowed', async () => {
    const { audio, microphone, graph, tracks, reports } = setUp();
    await audio.open('desk');
    expect(microphone.asked).toEqual([{ deviceId: 'desk', processing: { echoCancellation: false } }]);
    expect(tracks).toEqual(['microphone-1']);
    expect(graph.input?.getAudioTracks()[0]).toBe(microphone.tracks[0]);
    expect(reports).toEqual([{ name: 'prompting' }, { name: 'live' }]);
  });

  it.each(['microphone_denied', 'microphone_not_found', 'microphone_in_use', 'insecure_context'] as const)(
    '[S-0.27] [S-2.15] sends silence and says why after %s',
    async (refusal) => {
      const { audio, microphone, graph, reports, warnings } = setUp();
      microphone.refusal = refusal;
      await audio.open(null);
      expect(audio.track).toBe(graph.silence);
      expect(reports.at(-1)).toEqual({ name: 'unavailable', reason: refusal });
      expect(warnings).toEqual([refusal]);
    },
  );

  it('any other failure is microphone_failed', async () => {
    const { audio, microphone, reports } = setUp();
    microphone.refusal = 'internal';
    await audio.open(null);
    expect(reports.at(-1)).toEqual({ name: 'unavailable', reason: 'microphone_failed' });
  });

  it('a device that goes away is replaced by the default one, and told', async () => {
    const { audio, microphone, tracks, reports, warnings } = setUp();
    await audio.open('headset');
    microphone.unplug();
    await settled();
    expect(tracks).toEqual(['microphone-1', 'silence', 'microphone-2']);
    expect(microphone.asked.at(-1)?.deviceId).toBeNull();
    expect(reports.at(-1)).toEqual({ name: 'live' });
    expect(warnings).toEqual(['microphone_not_found']);
  });

  it('without another device it sends silence until one is plugged in', async () => {
    const { audio, microphone, tracks, reports } = setUp();
    await audio.open(null);
    microphone.refusal = 'microphone_not_found';
    microphone.unplug();
    await settled();
    expect(reports.at(-1)).toEqual({ name: 'unavailable', reason: 'microphone_not_found' });
    microphone.refusal = null;
    microphone.changeDevices();
    await settled();
    expect(tracks).toEqual(['microphone-1', 'silence', 'microphone-2']);
    expect(reports.at(-1)).toEqual({ name: 'live' });
  });

  it('does not ask again by itself after a refusal', async () => {
    const { audio, microphone } = setUp();
    microphone.refusal = 'microphone_denied';
    await audio.open(null);
    microphone.changeDevices();
    await settled();
    expect(microphone.asked).toHaveLength(1);
  });

  it('choosing another device opens it before the old one stops', async () => {
    const { audio, microphone, tracks } = setUp();
    await audio.open(null);
    await audio.select('headset');
    expect(tracks).toEqual(['microphone-1', 'microphone-2']);
    expect(microphone.tracks.map((track) => track.readyState)).toEqual(['ended', 'live']);
  });

  it('a device that cannot be opened leaves the present one', async () => {
    const { audio, microphone, reports } = setUp();
    await audio.open(null);
    microphone.refusal = 'microphone_in_use';
    await expect(audio.select('headset')).rejects.toMatchObject({ code: 'microphone_in_use' });
    expect(audio.track).toBe(microphone.tracks[0]);
    expect(microphone.tracks[0]?.readyState).toBe('live');
    expect(reports.at(-1)).toEqual({ name: 'live' });
  });

  it('of two choices the later one wins, whichever is answered first', async () => {
    const { audio, microphone } = setUp();
    await audio.open(null);
    microphone.prompts = true;
    const first = audio.select('a');
    const second = audio.select('b');
    microphone.answer();
    await Promise.all([first, second]);
    expect(audio.track.label).toBe('microphone-3');
    expect(microphone.tracks.map((track) => track.readyState)).toEqual(['ended', 'ended', 'live']);
  });

  it('the present device going away while another is being chosen does not undo the choice', async () => {
    const { audio, microphone, tracks } = setUp();
    await audio.open(null);
    microphone.prompts = true;
    const choice = audio.select('headset');
    microphone.unplug();
    microphone.answer();
    await choice;
    await settled();
    expect(tracks).toEqual(['microphone-1', 'silence', 'microphone-2']);
    expect(microphone.asked.map((each) => each.deviceId)).toEqual([null, 'headset']);
  });

  it('[S-2.14] mutes by the track, also one opened later', async () => {
    const { audio, microphone } = setUp();
    audio.setEnabled(false);
    await audio.open(null);
    expect(microphone.tracks[0]?.enabled).toBe(false);
    audio.setEnabled(true);
    expect(microphone.tracks[0]?.enabled).toBe(true);
  });

  it('[S-2.16] closed while the user is asked: the microphone is stopped as soon as it comes', async () => {
    const { audio, microphone, reports } = setUp();
    microphone.prompts = true;
    const opening = audio.open(null);
    audio.close();
    microphone.answer();
    await opening;
    expect(microphone.tracks.map((track) => track.readyState)).toEqual(['ended']);
    expect(reports).toEqual([{ name: 'prompting' }]);
    expect(microphone.watchers).toBe(0);
  });
});
