import type { PhoneMicrophoneControls } from '@voice-bridge/react-hooks/phone';

/** The phone as a speaker: silent or not, and how loud. */
export function Speaker({
  controls: { speaker, setSpeakerMuted, setVolume },
}: {
  readonly controls: PhoneMicrophoneControls;
}) {
  return (
    <div className="speaker">
      <button
        type="button"
        aria-pressed={speaker.muted}
        aria-label="Silence the speaker"
        onClick={() => setSpeakerMuted(!speaker.muted)}
      >
        <svg viewBox="0 0 24 24" aria-hidden="true" className="icon">
          <path d="M4 9.5v5h3.5L12 19V5L7.5 9.5z" />
          {speaker.muted ? (
            <path d="M16 9.5l5 5m0-5l-5 5" fill="none" />
          ) : (
            <path d="M15.5 8.5a5 5 0 0 1 0 7M18.5 5.5a9 9 0 0 1 0 13" fill="none" />
          )}
        </svg>
      </button>
      <label>
        <span className="unseen">Volume of the speaker</span>
        <input
          type="range"
          min={0}
          max={1}
          step={0.05}
          value={speaker.volume}
          aria-valuetext={`${Math.round(speaker.volume * 100)} percent`}
          onChange={(event) => setVolume(event.target.valueAsNumber)}
        />
      </label>
    </div>
  );
}
