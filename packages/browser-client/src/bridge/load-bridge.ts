import { VoiceBridgeError } from '@voice-bridge/core';
import type { CreateBridge } from './create-bridge.ts';

type Part = { readonly createBridge: CreateBridge };

let loading: Promise<CreateBridge> | null = null;

/** Loads everything that speaks with a bridge: a page can be painted without it. Rejects with `bridge_unreachable`, and then tries again when asked again. */
export function loadBridge(load: () => Promise<Part> = () => import('./create-bridge.ts')): Promise<CreateBridge> {
  loading ??= load().then(
    ({ createBridge }) => createBridge,
    (cause: unknown) => {
      loading = null;
      throw new VoiceBridgeError('bridge_unreachable', 'A part of this page could not be loaded', {
        hint: 'Check the network, and reload the page.',
        cause,
      });
    },
  );
  return loading;
}
