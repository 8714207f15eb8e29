import type { Page } from 'playwright-core';

/** How a page moves. */
export interface Motion {
  /** How many animations and transitions run by themselves. */
  readonly moving: number;
  /** In how many sizes a level is drawn, of silence and the loudest: 2 where it grows. */
  readonly sizes: number;
  /** In how many strengths it is drawn, of the same two. */
  readonly lights: number;
}

/** How the page moves now; `level` selects what draws a level in its `::before`, the first one counts. */
export function motionOf(page: Page, level: string): Promise<Motion> {
  return page.evaluate((selector) => {
    const sizes = new Set<string>();
    const lights = new Set<string>();
    const drawn = document.querySelector(selector);
    for (const loudness of drawn instanceof HTMLElement ? ['0', '1'] : []) {
      if (drawn instanceof HTMLElement) drawn.style.setProperty('--level', loudness);
      const { transform, opacity } = getComputedStyle(drawn ?? document.body, '::before');
      sizes.add(transform);
      lights.add(opacity);
    }
    return { moving: document.getAnimations().length, sizes: sizes.size, lights: lights.size };
  }, level);
}
