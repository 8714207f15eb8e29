import { describe } from 'vitest';
import { upstreamContract } from './upstream.contract.ts';

describe.each(['webrtc', 'websocket'] as const)('a model over %s', (transport) => {
  upstreamContract(transport);
});
