import type { AssistantState, PhoneId } from '@voice-bridge/core';
import { VoiceBridgeError } from '@voice-bridge/core';
import type { MicrophoneReport } from '../../client-state.ts';
import { sameFields } from '../../same-fields.ts';
import { appendDelta } from '../../transcript-lines.ts';
import type { PushToTalkState, TranscriptLine, VoiceSnapshot, VoiceState } from '../../voice-client.ts';
import {
  INITIAL_PHONE_SNAPSHOT,
  type PhoneMicrophoneSnapshot,
  type PhoneQuality,
  type PhoneState,
} from './phone-end.ts';
import type { OpenPhone, PhoneLife } from './phone-life.ts';
import { type PhoneTroubleCode, worstTrouble } from './phone-trouble.ts';

/** What a phone shows, and what that is made from. */
export interface PhoneShown {
  readonly snapshot: PhoneMicrophoneSnapshot;
  readonly life: PhoneLife;
  readonly microphone: MicrophoneReport;
  /** As whom the desktop muted it: that participant of the session, or `phone`, over its direct path; null: it did not. */
  readonly silenced: string | null;
  /** Whether the bridge detects no turns: nobody is heard but who holds the button. */
  readonly holdsToTalk: boolean;
  /** What the desktop said last of its session. */
  readonly session: VoiceState | null;
  /** What was found to be in the way; what the rest tells anyway is not among them. */
  readonly troubles: ReadonlySet<PhoneTroubleCode>;
}

/** Everything that can change what is shown. */
export type PhoneShownInput =
  | { readonly type: 'life'; readonly life: PhoneLife }
  | { readonly type: 'admitted'; readonly conversationId: string; readonly peerId: PhoneId }
  | { readonly type: 'path'; readonly path: 'direct' | 'relayed' }
  | { readonly type: 'microphone'; readonly report: MicrophoneReport }
  | { readonly type: 'muted'; readonly muted: boolean }
  | { readonly type: 'silenced'; readonly silenced: boolean }
  /** What the bridge says of it as this participant. */
  | { readonly type: 'silencedThere'; readonly participantId: string; readonly silenced: boolean }
  /** The desktop has had the time to say at the bridge, too, that this participant is muted. */
  | { readonly type: 'settledThere'; readonly participantId: string }
  | { readonly type: 'holdsToTalk'; readonly holdsToTalk: boolean }
  | { readonly type: 'session'; readonly state: VoiceState }
  | { readonly type: 'holding'; readonly holding: boolean }
  | { readonly type: 'speaker'; readonly muted: boolean; readonly volume: number }
  | { readonly type: 'assistant'; readonly state: AssistantState }
  | { readonly type: 'line'; readonly line: TranscriptLine }
  | { readonly type: 'delta'; readonly id: string; readonly delta: string }
  | { readonly type: 'lines'; readonly lines: readonly TranscriptLine[] }
  | { readonly type: 'quality'; readonly quality: PhoneQuality }
  | { readonly type: 'battery'; readonly level: number | null }
  | { readonly type: 'trouble'; readonly code: PhoneTroubleCode; readonly present: boolean };

const MAX_LINES = 50;

/** A phone that never joined. */
export const initialPhoneShown: PhoneShown = {
  snapshot: INITIAL_PHONE_SNAPSHOT,
  life: { name: 'idle' },
  microphone: { name: 'off' },
  silenced: null,
  holdsToTalk: false,
  session: null,
  troubles: new Set(),
};

/** Decides what is shown. Pure; the same snapshot object when nothing changed. */
export function stepPhoneShown(shown: PhoneShown, input: PhoneShownInput): PhoneShown {
  switch (input.type) {
    case 'life':
      return showLife(shown, input.life);
    case 'microphone':
      return show({ ...shown, microphone: input.report }, {});
    case 'trouble':
      return setTrouble(shown, input.code, input.present);
    case 'muted':
      return show(shown, { muted: input.muted });
    case 'silenced':
      return show({ ...shown, silenced: input.silenced ? 'phone' : null }, {});
    case 'silencedThere':
      return silencedThere(shown, input.participantId, input.silenced);
    case 'settledThere':
      return settledThere(shown, input.participantId);
    case 'holdsToTalk':
      return show({ ...shown, holdsToTalk: input.holdsToTalk }, {});
    case 'session':
      return show({ ...shown, session: input.state }, {});
    case 'admitted':
      return show(shown, { conversationId: input.conversationId, peerId: input.peerId });
    case 'path':
      return show(shown, { path: isDirect(shown.life) ? input.path : shown.snapshot.path });
    case 'holding':
      return show(shown, { holding: input.holding });
    case 'speaker':
      return showSpeaker(shown, input.muted, input.volume);
    case 'assistant':
      return show(shown, { assistant: input.state });
    case 'line':
      return show(shown, { transcript: putLine(shown.snapshot.transcript, input.line) });
    case 'delta':
      return show(shown, { transcript: appendDelta(shown.snapshot.transcript, input.id, input.delta) });
    case 'lines':
      return show(shown, { transcript: input.lines.slice(-MAX_LINES) });
    case 'quality':
      return shown.snapshot.path === null ? shown : show(shown, { quality: input.quality });
    case 'battery':
      return show(shown, { battery: input.level });
  }
}

/** Whether the microphone is to be heard: as its user wishes, and the desktop did not mute it. */
export function isHeard(
  snapshot: Pick<PhoneMicrophoneSnapshot, 'muted' | 'mutedBy' | 'pushToTalk' | 'holding'>,
): boolean {
  const { muted, mutedBy, holding, pushToTalk } = snapshot;
  return mutedBy !== 'desktop' && (holding || (!muted && pushToTalk === 'off'));
}

/** What a phone that takes part at the bridge shows of it; `isOwnMute`: that it is muted there may be what it did itself. */
export function newsOfBridge(
  { assistant, transcript, muted, participants, pushToTalk }: VoiceSnapshot,
  isOwnMute: boolean,
): readonly PhoneShownInput[] {
  const self = participants.find(({ isSelf }) => isSelf);
  // Who is muted there by itself as well cannot tell.
  const silenced: PhoneShownInput[] =
    self === undefined || muted || (isOwnMute && self.muted)
      ? []
      : [{ type: 'silencedThere', participantId: self.participantId, silenced: self.muted }];
  return [
    ...silenced,
    { type: 'holdsToTalk', holdsToTalk: pushToTalk !== 'off' },
    { type: 'assistant', state: assistant },
    { type: 'lines', lines: transcript },
  ];
}

/** A mute ends at the bridge only where the bridge had it: one from elsewhere is carried there. */
function silencedThere(shown: PhoneShown, participantId: string, silenced: boolean): PhoneShown {
  if (silenced) return show({ ...shown, silenced: participantId }, {});
  return shown.silenced === participantId ? show({ ...shown, silenced: null }, {}) : shown;
}

/** A mute that the desktop did not repeat becomes the phone's own: nobody is heard unasked, and somebody can end it. */
function settledThere(shown: PhoneShown, participantId: string): PhoneShown {
  if (shown.silenced === null || shown.silenced === participantId) return shown;
  return show({ ...shown, silenced: null }, { muted: true });
}

function showLife(shown: PhoneShown, life: PhoneLife): PhoneShown {
  const { snapshot } = shown;
  switch (life.name) {
    case 'idle':
    case 'joining':
      return show({ ...shown, life }, { ...NOT_CONNECTED, state: life.name, error: null });
    case 'open': {
      const state = stateOf(life);
      const path = pathOf(life, snapshot);
      const error = state === 'reconnecting' ? LOST : null;
      if (path === null) return show({ ...shown, life }, { ...NOT_CONNECTED, holding: snapshot.holding, state, error });
      return show({ ...shown, life }, { state, path: path === 'unknown' ? null : path, error });
    }
    case 'removed':
    case 'closed':
    case 'failed': {
      const troubles = lasting(shown.troubles);
      const ended: PhoneShown = { ...shown, ...ALONE, life, microphone: { name: 'off' }, troubles };
      return show(ended, { ...NOT_CONNECTED, state: life.name, error: life.name === 'removed' ? null : life.error });
    }
  }
}

/** Of a phone that nobody has anything to do with. */
const ALONE = { silenced: null, holdsToTalk: false, session: null } as const;
const NOT_CONNECTED = { path: null, quality: null, assistant: 'idle', holding: false } as const;
const LOST = new VoiceBridgeError('connection_lost', 'The connection to the desktop broke; it is made again');

function stateOf({ desktop, direct, bridge, failures, wasConnected }: OpenPhone): PhoneState {
  if (bridge.name === 'joined' || direct.name === 'connected' || direct.name === 'doubted') return 'connected';
  if (desktop === 'away') return 'waiting';
  if (wasConnected) return 'reconnecting';
  return direct.name === 'none' && bridge.name === 'none' && failures === 0 ? 'waiting' : 'connecting';
}

/** Null: none; unknown: there is one, and nobody looked yet which. */
function pathOf(life: OpenPhone, { path }: PhoneMicrophoneSnapshot): PhoneMicrophoneSnapshot['path'] | 'unknown' {
  if (life.bridge.name === 'joined') return 'bridge';
  if (!isDirect(life)) return null;
  return path === null || path === 'bridge' ? 'unknown' : path;
}

function isDirect(life: PhoneLife): boolean {
  return life.name === 'open' && (life.direct.name === 'connected' || life.direct.name === 'doubted');
}

function showSpeaker(shown: PhoneShown, muted: boolean, volume: number): PhoneShown {
  const { speaker } = shown.snapshot;
  return speaker.muted === muted && speaker.volume === volume ? shown : show(shown, { speaker: { muted, volume } });
}

function setTrouble(shown: PhoneShown, code: PhoneTroubleCode, present: boolean): PhoneShown {
  if (shown.troubles.has(code) === present) return shown;
  const troubles = new Set(shown.troubles);
  if (present) troubles.add(code);
  else troubles.delete(code);
  return show({ ...shown, troubles }, {});
}

/** What is also true of a phone that is not connected. */
function lasting(troubles: ReadonlySet<PhoneTroubleCode>): ReadonlySet<PhoneTroubleCode> {
  return new Set([...troubles].filter((code) => code === 'offline' || code === 'webrtc_unsupported'));
}

function putLine(lines: readonly TranscriptLine[], line: TranscriptLine): readonly TranscriptLine[] {
  const index = lines.findIndex(({ id }) => id === line.id);
  return index >= 0 ? lines.with(index, line) : [...lines, line].slice(-MAX_LINES);
}

function show(shown: PhoneShown, fields: Partial<PhoneMicrophoneSnapshot>): PhoneShown {
  const before = shown.snapshot;
  const wished = { ...before, ...fields };
  const { muted, holding } = wished;
  const own = muted && !holding ? 'phone' : null;
  const merged: PhoneMicrophoneSnapshot = {
    ...wished,
    mutedBy: shown.silenced === null ? own : 'desktop',
    pushToTalk: pushToTalkOf(shown, holding),
    session: isDirect(shown.life) ? shown.session : null,
  };
  const derived = {
    ...merged,
    ...microphoneFields(shown.microphone, isHeard(merged)),
    trouble: troubleOf(shown, merged),
  };
  return { ...shown, snapshot: sameFields(derived, before) ? before : derived };
}

function pushToTalkOf({ holdsToTalk }: PhoneShown, holding: boolean): PushToTalkState {
  if (!holdsToTalk) return 'off';
  return holding ? 'talking' : 'ready';
}

function microphoneFields(report: MicrophoneReport, heard: boolean): Partial<PhoneMicrophoneSnapshot> {
  if (report.name === 'unavailable') return { microphone: report.name, microphoneReason: report.reason };
  const live = heard ? 'live' : 'muted';
  return { microphone: report.name === 'live' ? live : report.name, microphoneReason: null };
}

function troubleOf({ troubles, microphone, life }: PhoneShown, { state, session, trouble }: PhoneMicrophoneSnapshot) {
  const codes = new Set(troubles);
  if (microphone.name === 'unavailable') codes.add(microphone.reason);
  if (state === 'waiting' && life.name === 'open') codes.add('desktop_away');
  if (session !== null && session !== 'connected') codes.add('session_away');
  const worst = worstTrouble(codes);
  return worst?.code === trouble?.code ? trouble : worst;
}
