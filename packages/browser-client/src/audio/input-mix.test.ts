import { describe, expect, it } from 'vitest';
import { setUpClient } from '../testing/client-fixture.ts';
import { FakeTrack } from '../testing/fake-media.ts';
import type { InputMix } from './input-mix.ts';

/** A mix that remembers what it is made of. */
class FakeMix implements InputMix {
  readonly track = new FakeTrack('mix');
  microphone: string | undefined;
  assistant: string | undefined;

  setMicrophone(stream: MediaStream | null): void {
    this.microphone = stream?.getAudioTracks()[0]?.label;
  }

  setAssistant(stream: MediaStream | null): void {
    this.assistant = stream?.getAudioTracks()[0]?.label;
  }
}

describe('a mix in the place of the microphone', () => {
  it('[S-0.24] is sent on the running connection, made of the microphone, and hears the assistant', async () => {
    const { client, connect } = setUpClient();
    const connection = await connect();
    const mix = new FakeMix();
    client.setSound({ mix });
    expect(connection.tracks.map(({ label }) => label)).toEqual(['microphone-1', 'mix']);
    expect(mix).toMatchObject({ microphone: 'microphone-1', assistant: 'assistant' });
    client.setSound({});
    expect(connection.tracks.map(({ label }) => label)).toEqual(['microphone-1', 'mix', 'microphone-1']);
    await client.disconnect();
  });

  it('stays over sessions, and follows the microphone', async () => {
    const { client, connect } = setUpClient();
    const mix = new FakeMix();
    client.setSound({ mix });
    const connection = await connect();
    expect(connection.tracks.map(({ label }) => label)).toEqual(['mix']);
    await client.setInputDevice('headset');
    expect(mix.microphone).toBe('microphone-2');
    expect(connection.tracks.map(({ label }) => label)).toEqual(['mix']);
    await client.disconnect();
    await connect();
    expect(mix).toMatchObject({ microphone: 'microphone-3', assistant: 'assistant' });
    await client.disconnect();
  });

  it('is there without a microphone, too', async () => {
    const { client, connect, host } = setUpClient();
    host.microphone.refusal = 'microphone_denied';
    const mix = new FakeMix();
    client.setSound({ mix });
    const connection = await connect();
    expect(connection.tracks.map(({ label }) => label)).toEqual(['mix']);
    expect(mix.microphone).toBeUndefined();
    await client.disconnect();
  });

  it('goes on while the user is muted: the microphone alone is silent, here and at the bridge', async () => {
    const { client, connect, host } = setUpClient();
    const connection = await connect();
    const mix = new FakeMix();
    const told = () => connection.heard.filter(({ type }) => type === 'mute').at(-1);
    client.setMuted(true);
    expect(told()).toEqual({ type: 'mute', muted: true });
    client.setSound({ mix });
    expect(told()).toEqual({ type: 'mute', muted: false });
    expect(mix.track.enabled).toBe(true);
    expect(host.microphone.tracks[0]?.enabled).toBe(false);
    client.setMuted(true);
    expect(told()).toEqual({ type: 'mute', muted: false });
    client.setSound({});
    expect(told()).toEqual({ type: 'mute', muted: true });
    client.setMuted(false);
    expect(host.microphone.tracks[0]?.enabled).toBe(true);
    await client.disconnect();
  });

  it('[S-0.20] turns the speaker down, at once and in the next session', async () => {
    const { client, connect, host } = setUpClient();
    await connect();
    client.setSound({ speakerVolume: 0.2 });
    expect(host.speakers.at(-1)).toMatchObject({ volume: 0.2, muted: false });
    await client.disconnect();
    await connect();
    expect(host.speakers.at(-1)?.volume).toBe(0.2);
    await client.disconnect();
  });
});
