import { invalidRequest } from '../../openai/problem.ts';
import { sessionCreated } from '../../openai/session-events.ts';
import { type AnySession, settingsOf } from '../../openai/session-settings.ts';
import type { CallDraft, CallEffect, CallInput, CallState } from './call-state.ts';
import { refuse, send } from './call-state.ts';
import { listen, stepCommand } from './step-command.ts';
import { wakeIdle } from './step-idle.ts';
import { speakerCleared, speakerDrained, speakerTurned } from './step-interruption.ts';
import { addOutput, assistantFinished, failResponse, repeatAnswer, sentenceMade, wake } from './step-response.ts';
import { recognised, recognitionFailed, soundKept, speechStarted, speechStopped } from './step-user-turn.ts';

/** A call before its channel is open. The seed makes its ids its own. */
export function newCallState(seed: string, session: AnySession, audio: CallState['audio']): CallState {
  return {
    audio,
    ids: { seed, next: 0 },
    conversationId: `conv_${seed}`,
    session,
    settings: settingsOf(session),
    items: [],
    userTurn: { name: 'silent' },
    idle: { name: 'off' },
    unrecognised: [],
    clientSounds: [],
    bufferStartMs: 0,
    responses: [],
    speaker: { name: 'silent' },
    spokenUntil: 0,
    lockedVoice: undefined,
    tokensUsed: 0,
    responsesMade: 0,
  };
}

/** Decides what follows from one input: the turn loop of an OpenAI Realtime session. Pure; `now` on the clock's line. */
export function stepCall(
  state: CallState,
  input: CallInput,
  now: number,
): { readonly state: CallState; readonly effects: readonly CallEffect[] } {
  const draft: CallDraft = { state, effects: [], now };
  take(draft, input);
  return { state: draft.state, effects: draft.effects };
}

function take(draft: CallDraft, input: CallInput): void {
  switch (input.type) {
    case 'opened':
      listen(draft);
      send(draft, sessionCreated(draft.state.session), input.channel);
      return;
    case 'command':
      stepCommand(draft, input.command, input.eventId, input.heardMs);
      return;
    case 'problem':
      refuse(draft, input.problem, input.eventId);
      return;
    case 'speechStarted':
      speechStarted(draft, input.startMs);
      return;
    case 'speechStopped':
      speechStopped(draft, input.startMs, input.endMs);
      return;
    case 'soundKept':
      soundKept(draft, input.itemId, input.pcm);
      return;
    case 'recognised':
      recognised(draft, input.itemId, input.text);
      return;
    case 'recognitionFailed':
      recognitionFailed(draft, input.itemId, input.problem);
      return;
    case 'assistantSaid':
      addOutput(draft, input.responseId, input.output);
      return;
    case 'assistantFinished':
      assistantFinished(draft, input.responseId, input.outcome);
      return;
    case 'answerAgain':
      repeatAnswer(draft, input.plan, input.output);
      return;
    case 'assistantFailed':
      failResponse(draft, input.responseId, input.problem);
      return;
    case 'sentenceMade':
      sentenceMade(draft, input.responseId, input.pcm);
      return;
    case 'wake':
      wake(draft);
      wakeIdle(draft, input.heardMs);
      return;
    case 'speakerTurned':
      speakerTurned(draft, input.responseId);
      return;
    case 'speakerDrained':
      speakerDrained(draft);
      return;
    case 'speakerCleared':
      speakerCleared(draft, input.heard);
      return;
    case 'expired':
      expire(draft, input.afterMs);
  }
}

function expire(draft: CallDraft, afterMs: number): void {
  const message = `Your session hit the maximum duration of ${afterMs / 60_000} minutes.`;
  refuse(draft, invalidRequest('session_expired', message), undefined);
  draft.effects.push({ type: 'end', reason: 'session_expired' });
}
