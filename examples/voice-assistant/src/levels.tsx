import { type AudioSide, useAudioLevel } from '@voice-bridge/react-hooks';
import { useRef } from 'react';

const QUIETEST_DB = -60;
const LOUDEST_DB = -6;

/** How loud both sides are. For the eye only: nothing here is news to a screen reader. */
export function Levels() {
  return (
    <div className="levels" aria-hidden="true">
      <Level side="input" name="You" />
      <Level side="output" name="Assistant" />
    </div>
  );
}

function Level({ side, name }: { side: AudioSide; name: string }) {
  const bar = useRef<HTMLSpanElement>(null);
  const shown = useRef('');
  useAudioLevel(side, (level) => {
    const loudness = loudnessOf(level).toFixed(2);
    if (loudness === shown.current) return;
    shown.current = loudness;
    bar.current?.style.setProperty('--level', loudness);
  });
  return (
    <span className="level" data-side={side}>
      {name}
      <span ref={bar} className="bar" />
    </span>
  );
}

/** 0 to 1 as ears hear it: speech at -26 dB fills three fifths, where its amplitude is a twentieth. */
function loudnessOf(level: number): number {
  const decibels = 20 * Math.log10(Math.max(level, 1e-6));
  return Math.min(1, Math.max(0, (decibels - QUIETEST_DB) / (LOUDEST_DB - QUIETEST_DB)));
}
