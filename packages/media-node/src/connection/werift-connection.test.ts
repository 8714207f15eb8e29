import { systemClock } from '../testing/system-clock.ts';
import { mediaConnectionContract } from './media-connection.contract.ts';
import { createMediaConnection } from './werift-connection.ts';

mediaConnectionContract('createMediaConnection', {
  create: createMediaConnection,
  options: { clock: systemClock, additionalHostAddresses: ['127.0.0.1'] },
});
