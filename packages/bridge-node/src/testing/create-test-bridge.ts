import { type Clock, type Parsed, parsedOk, parsedProblem } from '@voice-bridge/core';
import { ManualClock } from '@voice-bridge/core/testing';
import { createControlPlane } from '../control-plane/control-plane.ts';
import type { Tools } from '../control-plane/settings.ts';
import type { VoiceBridge } from '../control-plane/voice-bridge-interface.ts';
import type { Environment } from '../model-options.ts';
import { resolveOptions, type VoiceBridgeOptions } from '../options.ts';
import type { SessionHost } from '../seam/session-events.ts';
import { FakeSessionHost } from './fake-session-host.ts';

/** What a test bridge runs on instead of media, a model and the machine's clock. */
export interface TestBridgePorts {
  /** Default: a {@link FakeSessionHost}. */
  readonly host?: SessionHost;
  /** Default: a `ManualClock`. */
  readonly clock?: Clock;
  /** Default: empty. */
  readonly environment?: Environment;
}

/**
 * A bridge without media and without a model: HTTP, limits, tools and the store are the real ones. An offer is good when it
 * begins with `v=0`. Ids count up from zero.
 */
export function createTestBridge<Names extends Tools = Tools>(
  options: VoiceBridgeOptions<Names> = {},
  ports: TestBridgePorts = {},
): VoiceBridge<Names> {
  const { host = new FakeSessionHost(), clock = new ManualClock(), environment = {} } = ports;
  const settings = resolveOptions({ model: { apiKey: 'test-key' }, ...options }, environment);
  let minted = 0;
  return createControlPlane(settings, {
    host,
    clock,
    wallClock: () => clock.now(),
    validateOffer: looksLikeSdp,
    validateAnswer: looksLikeSdp,
    randomBytes(length) {
      const bytes = new Uint8Array(length);
      new DataView(bytes.buffer).setUint32(length - 4, minted++);
      return bytes;
    },
  });
}

function looksLikeSdp(sdp: string): Parsed<undefined> {
  return sdp.startsWith('v=0') ? parsedOk(undefined) : parsedProblem('it is not SDP');
}
