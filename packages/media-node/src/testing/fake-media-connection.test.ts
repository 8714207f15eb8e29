import { mediaConnectionContract } from '../connection/media-connection.contract.ts';
import { FakeMediaNetwork } from './fake-media-network.ts';
import { systemClock } from './system-clock.ts';

const network = new FakeMediaNetwork();
mediaConnectionContract('FakeMediaConnection', {
  create: network.createMediaConnection,
  options: { clock: systemClock },
});
