export { AudioPath, type AudioPathOptions } from './media-plane/audio-path/audio-path.ts';
export type { Environment } from './model-options.ts';
export { createTestBridge, type TestBridgePorts } from './testing/create-test-bridge.ts';
export { FakeSession, FakeSessionHost, type FakeSessionHostOptions } from './testing/fake-session-host.ts';
