import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const SHOTS = new URL('../artifacts/', import.meta.url);

/** What axe finds wrong with the page as it is now, once its animations that end have ended: a line for each rule. */
export async function findFaults(page: Page): Promise<unknown> {
  await page.evaluate(() => {
    const ending = document.getAnimations().filter(({ effect }) => effect?.getComputedTiming().endTime !== Infinity);
    return Promise.all(ending.map((animation) => animation.finished.catch(() => {})));
  });
  await page.evaluate(AXE);
  return page.evaluate(
    'axe.run().then((result) => result.violations.map((each) => each.id + ": " + each.nodes.map((node) => node.target).join(", ")))',
  );
}

/** Keeps a picture of the whole page among the artifacts, to be looked at. */
export async function shoot(page: Page, name: string): Promise<void> {
  mkdirSync(SHOTS, { recursive: true });
  await page.screenshot({ path: fileURLToPath(new URL(`${name}.png`, SHOTS)), fullPage: true });
}
