import type { DesktopEnd, PhoneLinkSnapshot } from '@voice-bridge/browser-client/phone';

/** Whether a link's settings keep this computer's microphone out of the mix: it is muted, turned down to nothing, or a phone is heard alone. */
export function isSilentInMix({ desktop, selected }: Pick<PhoneLinkSnapshot, 'desktop' | 'selected'>): boolean {
  return desktop.muted || desktop.gain === 0 || (selected !== 'all' && selected !== 'desktop');
}

/** Undoes whatever {@link isSilentInMix} tells, and nothing else. */
export function endSilenceInMix(link: DesktopEnd): void {
  const { desktop, selected } = link.getSnapshot();
  if (desktop.muted) link.setMuted('desktop', false);
  if (desktop.gain === 0) link.setGain('desktop', 1);
  if (selected !== 'all' && selected !== 'desktop') link.select('all');
}
