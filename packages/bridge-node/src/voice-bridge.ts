import { randomBytes } from 'node:crypto';
import { validateAnswer, validateOffer } from '@voice-bridge/media-node';
import { createControlPlane } from './control-plane/control-plane.ts';
import type { Tools } from './control-plane/settings.ts';
import type { VoiceBridge } from './control-plane/voice-bridge-interface.ts';
import { createInProcessHost } from './media-plane/hosts/in-process.ts';
import { resolveOptions, type VoiceBridgeOptions } from './options.ts';
import { systemClock } from './seam/system-clock.ts';

/**
 * Creates a bridge; it listens nowhere by itself: hand it to `listen`, or its `fetch` and `handleUpgrade` to a server of yours.
 * Throws `missing_api_key` when there is neither a key nor a base URL, and `TypeError` for options of the wrong shape.
 */
export function createVoiceBridge<Names extends Tools = Tools>(
  options: VoiceBridgeOptions<Names> = {},
): VoiceBridge<Names> {
  const settings = resolveOptions(options, process.env);
  return createControlPlane(settings, {
    host: createInProcessHost({ clock: systemClock, logger: settings.logger }),
    validateOffer,
    validateAnswer,
    clock: systemClock,
    wallClock: () => Date.now(),
    randomBytes,
  });
}
