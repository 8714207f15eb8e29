import { parseLines, type RecordedLine, textOf } from './recorded-line.ts';

/** A page, of any browser, that `SOUND_TAP` runs in. */
export interface TappedPage {
  evaluate(script: string): Promise<unknown>;
}

/** Says something into a page's microphone. Resolves when it is said, with when it began, in ms since 1970. */
export async function say(page: TappedPage, pcm: Int16Array): Promise<number> {
  return Number(await page.evaluate(`window.voiceTap.say(${JSON.stringify(textOf(pcm))})`));
}

/** A steady tone into a page's microphone. Gives the way to end it. */
export async function hum(page: TappedPage): Promise<() => Promise<void>> {
  await page.evaluate('window.voiceTap.hum()');
  return () => hush(page);
}

/** {@link hum} from the page's next load on. */
export async function humFromLoad(page: { addInitScript(script: string): Promise<unknown> }): Promise<void> {
  await page.addInitScript('void window.voiceTap.hum()');
}

/** Ends the tone. */
export async function hush(page: TappedPage): Promise<void> {
  await page.evaluate('window.voiceTap.hush()');
}

/** Records every line of a page until what it gives is called; `withSaid`: what its microphone hears, too. */
export async function record(
  page: TappedPage,
  { withSaid = false }: { readonly withSaid?: boolean } = {},
): Promise<() => Promise<readonly RecordedLine[]>> {
  await page.evaluate(`window.voiceTap.record(${withSaid})`);
  return async () => parseLines(await page.evaluate('window.voiceTap.take()'));
}

/** How many packets of sound a page has sent on the connections that it has now. */
export async function packetsSent(page: TappedPage): Promise<number> {
  return Number(await page.evaluate('window.voiceTap.packetsSent()'));
}
