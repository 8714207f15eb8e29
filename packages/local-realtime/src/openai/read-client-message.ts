import { type ClientFault, parseClientEvent } from '@voice-bridge/core/openai';
import { type ClientCommand, clientCommand } from './client-command.ts';
import { type ApiProblem, invalidRequest } from './problem.ts';

/** One message of the events channel: a command, or what is wrong with it. `eventId` is the client's own, for the answer. */
export type ClientMessage =
  | { readonly type: 'command'; readonly command: ClientCommand; readonly eventId: string | undefined }
  | { readonly type: 'problem'; readonly problem: ApiProblem; readonly eventId: string | undefined };

/** Reads what a client sent on its events channel; never throws. */
export function readClientMessage(message: string | Uint8Array): ClientMessage {
  const parsed = parseClientEvent(typeof message === 'string' ? message : new TextDecoder().decode(message));
  if (!parsed.ok) {
    const { code, message, param } = parsed.fault ?? unreadable(parsed.problem);
    return { type: 'problem', problem: invalidRequest(code, message, param), eventId: parsed.eventId };
  }
  const eventId = parsed.value.event_id;
  const command = clientCommand(parsed.value);
  if (command.type !== 'unserved') return { type: 'command', command, eventId };
  const problem = invalidRequest('unsupported_content', `${command.what} is not served here.`, 'item');
  return { type: 'problem', problem, eventId };
}

function unreadable(problem: string): ClientFault {
  return { code: 'invalid_json', message: `The event could not be read: ${problem}`, param: null };
}
