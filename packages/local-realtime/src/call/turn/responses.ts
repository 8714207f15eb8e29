import type { ActiveResponse, CallDraft, CallState, RunningResponse } from './call-state.ts';
import { patch } from './call-state.ts';

/** The one response that may write to the conversation; others stay out of it. */
export function conversationResponse(state: CallState): ActiveResponse | undefined {
  return state.responses.find(({ plan }) => plan.conversation === 'auto');
}

/** The response of an id, while it is being made. */
export function activeResponse(draft: CallDraft, responseId: string): ActiveResponse | undefined {
  return draft.state.responses.find(({ plan }) => plan.id === responseId);
}

/** The response of an id, while its content is being made. */
export function runningResponse(draft: CallDraft, responseId: string): RunningResponse | undefined {
  const response = activeResponse(draft, responseId);
  return response?.name === 'running' ? response : undefined;
}

/** Adds a response, or puts its newer version in its place. */
export function putResponse(draft: CallDraft, response: ActiveResponse): void {
  const { responses } = draft.state;
  const isKnown = activeResponse(draft, response.plan.id) !== undefined;
  const replaced = responses.map((each) => (each.plan.id === response.plan.id ? response : each));
  patch(draft, { responses: isKnown ? replaced : [...responses, response] });
}

/** Changes part of a running response. */
export function updateRunning(draft: CallDraft, responseId: string, change: Partial<RunningResponse>): void {
  const running = runningResponse(draft, responseId);
  if (running !== undefined) putResponse(draft, { ...running, ...change });
}

/** Takes a response out. */
export function dropResponse(draft: CallDraft, responseId: string): void {
  patch(draft, { responses: draft.state.responses.filter(({ plan }) => plan.id !== responseId) });
}
