const PARAMETER = 'conversation';

/** The conversation that the page's address names; one is made up, and put into the address, when it names none. */
export function conversationOfPage(): string {
  const url = new URL(location.href);
  const named = url.searchParams.get(PARAMETER);
  if (named !== null && /^[\w.:@-]{1,128}$/.test(named)) return named;
  const fresh = `together-${Array.from(crypto.getRandomValues(new Uint32Array(4)), (word) => word.toString(36)).join('')}`;
  url.searchParams.set(PARAMETER, fresh);
  history.replaceState(null, '', url);
  return fresh;
}
