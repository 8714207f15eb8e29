import { afterAll } from 'vitest';
import { shareBrowsers } from './chromium.ts';

// For a whole test file: starting Chromium takes longer than most of what is tested with it.
afterAll(shareBrowsers());
