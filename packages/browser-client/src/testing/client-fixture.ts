import { loadBridge } from '../bridge/load-bridge.ts';
import { VoiceBridgeClient, type VoiceBridgeClientOptions } from '../voice-bridge-client.ts';
import { FakeClientHost } from './fake-client-host.ts';
import type { FakeRtcConnection } from './fake-rtc-connection.ts';

// Loading a file takes real time, and the clock of these tests is virtual.
await loadBridge();

/** Lets every promise that is ready go on. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 100; turn++) await Promise.resolve();
}

/** A real client on a fake page. */
export function setUpClient(options: VoiceBridgeClientOptions = {}) {
  const host = new FakeClientHost();
  const client = new VoiceBridgeClient({ conversationId: 'kitchen', ...options }, host);
  /** The newest connection. Throws when there is none yet. */
  const connection = (): FakeRtcConnection => {
    const newest = host.connections.at(-1);
    if (newest === undefined) throw new TypeError('Nothing was connected yet');
    return newest;
  };
  /** Connects the client and lets it in. */
  const connect = async (): Promise<FakeRtcConnection> => {
    const connecting = client.connect();
    await settle();
    connection().join();
    await connecting;
    return connection();
  };
  return { host, client, connection, connect };
}
