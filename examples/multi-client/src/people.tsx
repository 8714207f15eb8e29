import type { Participant } from '@voice-bridge/browser-client';
import { useParticipants, useVoiceBridge } from '@voice-bridge/react-hooks';
import { useEffect, useRef } from 'react';

/** Who is there, how loud they are, and what one may do about it. */
export function People() {
  const { participants } = useParticipants();
  return (
    <ul className="card people" aria-label="People in this conversation">
      {participants.map((each) => (
        <Person key={each.participantId} person={each} />
      ))}
    </ul>
  );
}

function Person({ person }: { person: Participant }) {
  const { activeSpeaker, setParticipant, removeParticipant } = useParticipants();
  const { setMuted } = useVoiceBridge();
  const { participantId, isSelf, muted, gain, role } = person;
  const name = person.name ?? 'Somebody';
  return (
    <li data-name={name} data-muted={muted} data-active={activeSpeaker === participantId}>
      <b>
        {name}
        {isSelf && ' (you)'}
      </b>
      <Level participantId={participantId} />
      <button
        type="button"
        aria-label={`${muted ? 'Unmute' : 'Mute'} ${name}`}
        onClick={() => (isSelf ? setMuted(!muted) : setParticipant(participantId, { muted: !muted }))}
      >
        {muted ? 'Unmute' : 'Mute'}
      </button>
      {!isSelf && (
        <>
          <label className="volume">
            <span>
              Volume<span className="unseen"> of {name}</span>
            </span>
            <input
              type="range"
              min={0}
              max={4}
              step={0.1}
              value={gain}
              onChange={(event) => setParticipant(participantId, { gain: event.target.valueAsNumber })}
            />
          </label>
          <div className="row">
            <button
              type="button"
              onClick={() => setParticipant(participantId, { role: role === 'speaker' ? 'listener' : 'speaker' })}
            >
              {role === 'speaker' ? `Let ${name} only listen` : `Let ${name} speak`}
            </button>
            <button type="button" onClick={() => removeParticipant(participantId)}>
              Take {name} out
            </button>
          </div>
        </>
      )}
    </li>
  );
}

/** Painted in animation frames: nothing is rendered again for a level. */
function Level({ participantId }: { participantId: string }) {
  const { participantLevel } = useParticipants();
  const meter = useRef<HTMLMeterElement>(null);
  useEffect(() => {
    let frame = 0;
    const paint = () => {
      if (meter.current !== null) meter.current.value = participantLevel(participantId);
      frame = requestAnimationFrame(paint);
    };
    paint();
    return () => cancelAnimationFrame(frame);
  }, [participantLevel, participantId]);
  return <meter ref={meter} min={0} max={0.3} aria-hidden="true" />;
}
