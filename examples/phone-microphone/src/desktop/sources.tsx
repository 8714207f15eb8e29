import type { DesktopEnd, MixSource, PhoneView } from '@voice-bridge/browser-client/phone';
import type { PhoneLinkControls } from '@voice-bridge/react-hooks/phone';
import { Level } from './level.tsx';
import { describeLine, nameOf, STATE } from './words.ts';

interface SourcesProps {
  readonly controls: PhoneLinkControls;
  readonly phones: readonly PhoneView[];
  /** Shows what goes wrong with it. */
  readonly attempt: (doing: Promise<unknown>) => void;
}

/** Every microphone of the conversation, and which of them is heard. */
export function Sources({ controls, phones, attempt }: SourcesProps) {
  const { selected, select, desktop, sendsMicrophoneToPhone, setSendMicrophoneToPhone } = controls;
  return (
    <>
      <fieldset className="heard">
        <legend>Who is heard</legend>
        <Choice source="all" name="Everybody" {...{ selected, select }} />
        <Choice source="desktop" name="This computer only" {...{ selected, select }} />
        {phones
          .filter((phone) => phone.state !== 'waiting')
          .map(({ peerId, name }) => (
            <Choice key={peerId} source={peerId} name={`${nameOf(peerId, name)} only`} {...{ selected, select }} />
          ))}
      </fieldset>
      <ul className="sources">
        <li data-state="connected" data-heard={selected === 'all' || selected === 'desktop'}>
          <h3>This computer</h3>
          <Mix
            source="desktop"
            name="This computer"
            link={controls.link}
            {...desktop}
            onMuted={(muted) => controls.setMuted('desktop', muted)}
            onGain={(gain) => controls.setGain('desktop', gain)}
          />
        </li>
        {phones.map((phone) => (
          <Phone key={phone.peerId} phone={phone} controls={controls} attempt={attempt} />
        ))}
      </ul>
      <label className="check">
        <input
          type="checkbox"
          checked={sendsMicrophoneToPhone}
          onChange={(event) => setSendMicrophoneToPhone(event.target.checked)}
        />
        Phones hear this computer's microphone, too
      </label>
    </>
  );
}

interface ChoiceProps extends Pick<PhoneLinkControls, 'selected' | 'select'> {
  readonly source: 'all' | MixSource;
  readonly name: string;
}

function Choice({ source, name, selected, select }: ChoiceProps) {
  return (
    <label>
      <input type="radio" name="heard" checked={selected === source} onChange={() => select(source)} />
      <span>{name}</span>
    </label>
  );
}

function Phone({ phone, controls, attempt }: Omit<SourcesProps, 'phones'> & { readonly phone: PhoneView }) {
  const { peerId, state, path } = phone;
  const { selected, accept, refuse, remove } = controls;
  const name = nameOf(peerId, phone.name);
  const line = state === 'connected' ? describeLine(phone) : '';
  return (
    <li data-peer={peerId} data-state={state} data-path={path} data-heard={selected === 'all' || selected === peerId}>
      <h3>{name}</h3>
      <p className="line">
        {STATE[state]}
        {line !== '' && <span className="quiet"> {line}</span>}
      </p>
      {state === 'waiting' ? (
        <div className="row">
          <button type="button" className="primary" onClick={() => attempt(accept(peerId))}>
            Accept {name}
          </button>
          <button type="button" onClick={() => attempt(refuse(peerId))}>
            Refuse {name}
          </button>
        </div>
      ) : (
        <>
          {phone.mutedBy === 'phone' && <p className="aside">Muted at the phone.</p>}
          <Mix
            source={peerId}
            name={name}
            link={controls.link}
            // What was muted here can be unmuted here; what the phone muted, at the phone only.
            muted={phone.mutedBy === 'desktop'}
            gain={phone.gain}
            onMuted={(muted) => controls.setMuted(peerId, muted)}
            onGain={(gain) => controls.setGain(peerId, gain)}
          />
          <button type="button" className="remove" onClick={() => attempt(remove(peerId))}>
            Remove<span className="unseen"> {name}</span>
          </button>
        </>
      )}
    </li>
  );
}

interface MixProps {
  readonly source: MixSource;
  readonly name: string;
  readonly link: DesktopEnd;
  readonly muted: boolean;
  readonly gain: number;
  readonly onMuted: (muted: boolean) => void;
  readonly onGain: (gain: number) => void;
}

/** How loud a source is, and how loud it is made. */
function Mix({ source, name, link, muted, gain, onMuted, onGain }: MixProps) {
  return (
    <div className="mix">
      <button
        type="button"
        data-muted={muted}
        aria-label={`${muted ? 'Unmute' : 'Mute'} ${name}`}
        onClick={() => onMuted(!muted)}
      >
        {muted ? 'Unmute' : 'Mute'}
      </button>
      <Level link={link} source={source} />
      <label>
        <span className="unseen">Volume of {name}</span>
        <input
          type="range"
          min={0}
          max={4}
          step={0.1}
          value={gain}
          aria-valuetext={`${Math.round(gain * 100)} percent`}
          onChange={(event) => onGain(event.target.valueAsNumber)}
        />
      </label>
      <span className="gain quiet" aria-hidden="true">
        {Math.round(gain * 100)} %
      </span>
    </div>
  );
}
