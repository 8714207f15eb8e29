const KEY = 'voice-bridge.phone-microphone.conversation';

/** The id of this browser's conversation: made once, kept for the next visit where the browser allows it. */
export function rememberedConversationId(): string {
  const fresh = `phone-${Array.from(crypto.getRandomValues(new Uint32Array(4)), (word) => word.toString(36)).join('')}`;
  try {
    const known = localStorage.getItem(KEY);
    if (known !== null) return known;
    localStorage.setItem(KEY, fresh);
  } catch {
    // Storage is refused in some private windows: the conversation then lasts as long as the page.
  }
  return fresh;
}
