/** Which page an address shows: the phone's, or the desktop's with a conversation. */
export type Page = { readonly name: 'phone' } | { readonly name: 'desktop'; readonly conversationId: string };

const CONVERSATION = /^\/voice\/([\w.:@-]{1,128})$/;

/** `/mobile-voice` is the phone's page; `/voice/ID` names a conversation, every other address gets `remembered()`. */
export function pageOf(pathname: string, remembered: () => string): Page {
  if (pathname === '/mobile-voice') return { name: 'phone' };
  return { name: 'desktop', conversationId: CONVERSATION.exec(decoded(pathname))?.[1] ?? remembered() };
}

function decoded(pathname: string): string {
  try {
    return decodeURIComponent(pathname);
  } catch {
    return '';
  }
}
