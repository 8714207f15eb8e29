/** Which packages of ours each package may import. `types` allows `import type` only. `architecture.md` explains why. */
export const PACKAGE_DIRECTIONS = {
  'packages/core': {},
  'packages/media-node': { '@voice-bridge/core': 'all' },
  'packages/bridge-node': { '@voice-bridge/core': 'all', '@voice-bridge/media-node': 'all' },
  'packages/local-realtime': { '@voice-bridge/core': 'all', '@voice-bridge/media-node': 'all' },
  'packages/browser-client': { '@voice-bridge/core': 'all' },
  'packages/react-hooks': { '@voice-bridge/browser-client': 'all', '@voice-bridge/core': 'types' },
};

/** Folders whose source files may import only the listed folders and packages of ours. */
export const FOLDER_DIRECTIONS = [
  {
    from: 'packages/bridge-node/src/media-plane/',
    folders: ['packages/bridge-node/src/media-plane/', 'packages/bridge-node/src/seam/'],
    packages: ['@voice-bridge/core', '@voice-bridge/media-node'],
  },
  {
    from: 'packages/bridge-node/src/control-plane/',
    folders: ['packages/bridge-node/src/control-plane/', 'packages/bridge-node/src/seam/'],
    packages: ['@voice-bridge/core'],
  },
  {
    from: 'packages/bridge-node/src/seam/',
    folders: ['packages/bridge-node/src/seam/'],
    packages: ['@voice-bridge/core'],
  },
];

/** Packages that run in a browser: no Node built-in in their source. */
export const BROWSER_PACKAGES = ['packages/core', 'packages/browser-client', 'packages/react-hooks'];

/** Libraries that may be named in any number of files. */
export const EXEMPT_LIBRARIES = ['zod', 'react', 'react-dom', 'hono', 'vitest'];

/** Node built-ins that reach outside the process: one file per package, or per folder where each writer has its own. */
export const HOST_MODULES = {
  'node:sqlite': 'package',
  'node:child_process': 'package',
  'node:fs': 'folder',
  'node:fs/promises': 'folder',
};

/** Host objects that only one file of a package may name. */
export const HOST_OBJECTS = {
  RTCPeerConnection: /\bRTCPeerConnection\b/,
  AudioContext: /\b(webkit)?AudioContext\b/,
  getUserMedia: /\bgetUserMedia\b/,
  WebSocket: /\bWebSocket\b/,
};

/** Names that have a second role in a package: `ws` as server and as the way to the model. */
export const FILES_PER_LIBRARY = { ws: 2 };

/** The longest a file may be: code, style sheets and HTML. */
export const LINE_LIMIT = 300;

/** Files that must not read a clock or a die: time and randomness come in as arguments. */
export const PURE_FILES = [
  /^packages\/core\/src\//,
  /^packages\/browser-client\/src\/client-state\.ts$/,
  /\/src\/(.*\/)?(step-[^/]*|[^/]*-step)\.ts$/,
];

/** What a pure file must not mention. */
export const IMPURE = {
  'Date.now': /\bDate\s*\.\s*now\b/,
  'new Date()': /\bnew\s+Date\s*\(\s*\)/,
  'Math.random': /\bMath\s*\.\s*random\b/,
  'performance.now': /\bperformance\s*\.\s*now\b/,
  setTimeout: /\bsetTimeout\b/,
  setInterval: /\bsetInterval\b/,
  setImmediate: /\bsetImmediate\b/,
  queueMicrotask: /\bqueueMicrotask\b/,
  'crypto randomness': /\b(getRandomValues|randomUUID|randomBytes)\b/,
};
