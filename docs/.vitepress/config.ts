import { existsSync, readFileSync } from 'node:fs';
import { defineConfig } from 'vitepress';

const GENERATED_SIDEBAR = new URL('../api/typedoc-sidebar.json', import.meta.url);

/** Reference pages made by typedoc just before; empty when only the guides are being written. */
const apiPages = existsSync(GENERATED_SIDEBAR) ? JSON.parse(readFileSync(GENERATED_SIDEBAR, 'utf8')) : [];

export default defineConfig({
  title: 'Voice Bridge',
  description: 'Live voice between browsers and a realtime speech model, on your own server.',
  lang: 'en',
  srcExclude: ['api-snapshots/**'],
  // Links out of the documentation into the repository are paths of the repository.
  ignoreDeadLinks: [/^\.\.\/\.\.\//, /LICENSE$/],
  themeConfig: {
    search: { provider: 'local' },
    nav: [
      { text: 'Start', link: '/getting-started' },
      { text: 'Concepts', link: '/concepts' },
      { text: 'API', link: '/api/' },
    ],
    sidebar: [
      {
        text: 'Guide',
        items: [
          { text: 'Getting started', link: '/getting-started' },
          { text: 'Concepts', link: '/concepts' },
          { text: 'Your phone as microphone', link: '/phone' },
          { text: 'What is understood', link: '/speech' },
          { text: 'Testing what you build', link: '/testing' },
          { text: 'Protocol', link: '/protocol' },
          { text: 'Errors', link: '/errors' },
        ],
      },
      {
        text: 'Inside',
        items: [
          { text: 'Architecture', link: '/architecture' },
          { text: 'Requirements', link: '/requirements' },
          { text: 'Decision 1: toolchain', link: '/decisions/0001-toolchain' },
          { text: 'Decision 2: dependencies', link: '/decisions/0002-dependencies' },
          { text: 'Decision 3: the doors of a bridge', link: '/decisions/0003-doors-of-the-bridge' },
          { text: 'Decision 4: the recogniser', link: '/decisions/0004-recogniser-in-batch-mode' },
          { text: 'Decision 5: measuring the relay', link: '/decisions/0005-measuring-the-relay' },
          { text: 'Decision 6: who is at the other end', link: '/decisions/0006-who-is-at-the-other-end' },
          { text: 'Decision 7: the media path', link: '/decisions/0007-own-media-path' },
          { text: 'Decision 8: a small young generation', link: '/decisions/0008-small-young-generation' },
          { text: 'Decision 9: packets and the mix', link: '/decisions/0009-between-packets-and-the-mix' },
          { text: 'Decision 10: which pages may call', link: '/decisions/0010-pages-of-the-private-network' },
        ],
      },
      { text: 'API', collapsed: true, items: apiPages },
    ],
  },
});
