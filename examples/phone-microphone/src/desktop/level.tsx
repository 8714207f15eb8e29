import type { DesktopEnd, MixSource } from '@voice-bridge/browser-client/phone';
import { useSourceLevel } from '@voice-bridge/react-hooks/phone';
import { useRef } from 'react';
import { loudnessOf } from '../loudness.ts';

/** How loud a source is. For the eye only; painted in animation frames, nothing is rendered again. */
export function Level({ link, source }: { readonly link: DesktopEnd; readonly source: MixSource }) {
  const bar = useRef<HTMLSpanElement>(null);
  useSourceLevel(link, source, (level) => bar.current?.style.setProperty('--level', loudnessOf(level).toFixed(2)));
  return <span ref={bar} className="bar" aria-hidden="true" />;
}
