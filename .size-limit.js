const client = 'packages/browser-client/dist/index.js';
const hooks = 'packages/react-hooks/dist/index.js';
const withoutReact = { path: hooks, ignore: ['react', 'react-dom'], gzip: true };

/** Everything in one file, also what is loaded later: all the code there is, as one compressed whole. */
const inOneFile = (config) => ({ ...config, output: { ...config.output, codeSplitting: false } });

export default [
  {
    name: "core: the client's part of the protocol",
    path: 'packages/core/dist/index.js',
    import: '{ VoiceBridgeError, Emitter, serverControlSchema }',
    gzip: true,
    limit: '12 kB',
  },
  {
    name: 'browser-client, as far as the first paint waits for it',
    path: client,
    entry: ['index'],
    gzip: true,
    limit: '11 kB',
  },
  {
    name: 'browser-client with everything it needs',
    path: client,
    modifyRolldownConfig: inOneFile,
    gzip: true,
    limit: '19 kB',
  },
  {
    name: 'react-hooks and browser-client, as far as the first paint waits for them, without React',
    ...withoutReact,
    entry: ['index'],
    limit: '12 kB',
  },
  {
    name: 'react-hooks and browser-client with everything they need, without React',
    ...withoutReact,
    modifyRolldownConfig: inOneFile,
    limit: '20 kB',
  },
  {
    name: 'browser-client/phone: both ends of a phone link, beside the client',
    path: 'packages/browser-client/dist/phone.js',
    modifyRolldownConfig: inOneFile,
    gzip: true,
    limit: '48 kB',
  },
  {
    name: 'react-hooks/phone on a phone, without React',
    ...withoutReact,
    path: 'packages/react-hooks/dist/phone.js',
    import: '{ usePhoneMicrophone, usePhoneLevel, useOpenConversations }',
    gzip: true,
    limit: '37 kB',
  },
];
