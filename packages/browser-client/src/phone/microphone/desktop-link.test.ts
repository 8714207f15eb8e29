import type { SignalingMessage } from '@voice-bridge/core';
import { ManualClock } from '@voice-bridge/core/testing';
import { expect, it } from 'vitest';
import { settle } from '../../testing/client-fixture.ts';
import { FakeTrack } from '../../testing/fake-media.ts';
import { FakePhoneNetwork } from '../../testing/fake-phone-connection.ts';
import { DesktopLink, type DesktopLinkOptions } from './desktop-link.ts';

const CANDIDATE = { candidate: 'candidate:1', sdpMid: '0', sdpMLineIndex: 0 };

function setUp(changes: Partial<DesktopLinkOptions> = {}) {
  const network = new FakePhoneNetwork();
  const desktop = network.open(true, { iceServers: [], track: new FakeTrack('desktop'), sinks: SILENT });
  const signaled: SignalingMessage[] = [];
  const told: string[] = [];
  const link = new DesktopLink({
    connectionId: 'a',
    openConnection: network.open,
    iceServers: async () => [],
    track: new FakeTrack('phone'),
    signal: (message) => signaled.push(message),
    clock: new ManualClock(),
    sinks: {
      onConnected: () => told.push('connected'),
      onBroken: () => told.push('broken'),
      onFailed: () => told.push('failed'),
      onRefused: () => told.push('refused'),
      onMessage: ({ type }) => told.push(type),
      onChannelOpen: () => told.push('open'),
      onRemoteStream: () => told.push('stream'),
    },
    ...changes,
  });
  return { network, desktop, link, signaled, told };
}

const SILENT = {
  onStateChanged: () => {},
  onCandidate: () => {},
  onRemoteStream: () => {},
  onChannelOpen: () => {},
  onMessage: () => {},
  onChannelClosed: () => {},
};

it('says its addresses after the answer they belong to, by the name of the connection', async () => {
  const { network, desktop, link, signaled } = setUp({
    openConnection: (offers, options) => {
      const connection = network.open(offers, options);
      connection.find(CANDIDATE);
      return connection;
    },
  });
  link.answer(await desktop.createOffer());
  await settle();
  expect(signaled).toEqual([
    { type: 'answer', sdp: 'answer 1', connection_id: 'a' },
    { type: 'candidate', candidate: CANDIDATE, connection_id: 'a' },
  ]);
});

it('fails when there are no ICE servers to be had, or the offer is none', async () => {
  const offline = setUp({ iceServers: () => Promise.reject(new TypeError('offline')) });
  offline.link.answer('offer 0');
  const wrong = setUp();
  wrong.link.answer('hello');
  await settle();
  expect([offline.told, wrong.told]).toEqual([['failed'], ['failed']]);
});

it('greets its desktop once, however often the channel is told to be open', async () => {
  const { network, desktop, link, told } = setUp({
    openConnection: (offers, options) => {
      options.sinks.onChannelOpen();
      return network.open(offers, options);
    },
  });
  link.answer(await desktop.createOffer());
  await settle();
  await desktop.acceptAnswer('answer 1');
  await settle();
  expect(told.filter((each) => each === 'open')).toHaveLength(1);
});

it('opens nothing when it was closed while it waited', async () => {
  const { network, link, told } = setUp();
  link.answer('offer 0');
  link.close();
  await settle();
  expect(network.ends(false)).toEqual([]);
  expect(told).toEqual([]);
});
