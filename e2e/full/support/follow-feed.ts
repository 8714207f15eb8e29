import { eventsPath } from '@voice-bridge/core';
import { cleanup } from '../../support/open-things.ts';

/** Follows a conversation's feed until the test ends; gives the way to have everything it has told so far, as text. */
export async function followFeed(url: string, conversationId: string): Promise<() => string> {
  const leave = new AbortController();
  const { body } = await fetch(`${url}${eventsPath(conversationId)}`, { signal: leave.signal });
  if (body === null) throw new Error('The feed has no body');
  let told = '';
  const read = async () => {
    for await (const text of body.pipeThrough(new TextDecoderStream())) told += text;
  };
  const reading = read().catch((error: unknown) => {
    if (!leave.signal.aborted) told += `The feed ended: ${String(error)}`;
  });
  cleanup(async () => {
    leave.abort();
    await reading;
  });
  return () => told;
}
