import type { BridgeRequest } from '@voice-bridge/core';
import type { SessionOptions, ToolDefinition } from '../../seam/session-commands.ts';
import type { Settings, Tools } from '../settings.ts';
import type { HistoryLine } from '../store/history.ts';

/** What the settings alone do not say of one session. */
export interface SessionParts {
  readonly sessionId: string;
  readonly request: BridgeRequest;
  /** Whether the server is bound to a loopback address, where only `127.0.0.1` may be sure to reach us. */
  readonly loopback: boolean;
  readonly history: readonly HistoryLine[];
}

/** Everything the media host needs to open one session. */
export function sessionOptionsOf(settings: Settings, parts: SessionParts): SessionOptions {
  const { model, iceServers, portRange, connectTimeoutMs } = settings;
  const { sessionId, request, loopback, history } = parts;
  return {
    sessionId,
    conversationId: request.conversation_id,
    upstream: {
      ...model,
      voice: request.voice ?? model.voice,
      instructions: instructionsOf(settings.instructions, request),
      tools: toolDefinitionsOf(settings.tools),
      ...(settings.greeting === undefined ? {} : { greeting: settings.greeting }),
    },
    iceServers,
    additionalHostAddresses: settings.additionalHostAddresses ?? (loopback ? ['127.0.0.1'] : []),
    ...(portRange === undefined ? {} : { portRange }),
    connectTimeoutMs,
    hearEachOther: false,
    history,
  };
}

/** The server's instructions, the assistant's name and the client's own prompt, in this order. */
function instructionsOf(instructions: string, request: BridgeRequest): string {
  const name = request.agent_name === undefined ? '' : `Your name is ${request.agent_name}.`;
  return [instructions, name, request.system_prompt ?? ''].filter((part) => part !== '').join('\n\n');
}

function toolDefinitionsOf(tools: Tools): ToolDefinition[] {
  return Object.entries(tools).map(([name, { description, parameters }]) => ({ name, description, parameters }));
}
