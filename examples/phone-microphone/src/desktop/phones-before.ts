const KEY = 'voice-bridge.phone-microphone.phones';

/** Whether this tab had phones before it was reloaded. */
export function hadPhones(): boolean {
  try {
    return sessionStorage.getItem(KEY) !== null;
  } catch {
    return false;
  }
}

/** Lets {@link hadPhones} know, until the tab is closed. */
export function rememberPhones(): void {
  try {
    sessionStorage.setItem(KEY, 'yes');
  } catch {
    // Storage is refused in some private windows: a phone of before then comes back with the next click on "Use your phone".
  }
}
