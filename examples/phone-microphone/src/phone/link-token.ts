const TOKEN = /^#([\w.~-]{8,128})$/;

/** The token in the address that a code on the desktop led to; taken out of the address, and of the history, at once. */
export function takeLinkToken(): string | null {
  if (location.hash === '') return null;
  const token = TOKEN.exec(location.hash)?.[1] ?? null;
  history.replaceState(null, '', location.pathname + location.search);
  return token;
}
