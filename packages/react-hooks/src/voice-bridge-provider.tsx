import { VoiceBridgeClient, type VoiceBridgeClientOptions, type VoiceClient } from '@voice-bridge/browser-client';
import { type ReactElement, type ReactNode, useEffect, useState } from 'react';
import { Lease } from './lease.ts';
import { VoiceContext } from './voice-context.ts';

/** Either your own client, which you connect and disconnect, or the options of one that the provider makes once and owns. */
export type VoiceBridgeProviderProps =
  | { readonly client: VoiceClient; readonly children?: ReactNode }
  | (VoiceBridgeClientOptions & { readonly client?: undefined; readonly children?: ReactNode });

/**
 * Gives hooks and components their client. Never connects by itself.
 * Options are read at the first render; to change the conversation, give the provider another `key`.
 */
export function VoiceBridgeProvider(props: VoiceBridgeProviderProps): ReactElement {
  if (props.client !== undefined) {
    return <VoiceContext.Provider value={props.client}>{props.children}</VoiceContext.Provider>;
  }
  const { children, client: _, ...options } = props;
  return <OwnedClient options={options}>{children}</OwnedClient>;
}

function OwnedClient({ options, children }: { options: VoiceBridgeClientOptions; children: ReactNode }) {
  const [owned] = useState(() => {
    const client = new VoiceBridgeClient(options);
    return { client, lease: new Lease(() => void client.disconnect()) };
  });
  useEffect(() => owned.lease.retain(), [owned]);
  return <VoiceContext.Provider value={owned.client}>{children}</VoiceContext.Provider>;
}
