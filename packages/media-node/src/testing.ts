export { chromiumOffer, firefoxOffer } from './testing/browser-offers.ts';
export { type FakeLink, FakeMediaConnection, type FakeNetwork } from './testing/fake-media-connection.ts';
export { connectFakePair, FakeMediaNetwork } from './testing/fake-media-network.ts';
export { type FakeMediaLine, fakeSdp } from './testing/fake-sdp.ts';
export { type Impairment, LossyLink } from './testing/lossy-link.ts';
export { systemClock } from './testing/system-clock.ts';
export { startUdpRelay, type UdpRelay, type UdpRelayOptions } from './testing/udp-relay.ts';
