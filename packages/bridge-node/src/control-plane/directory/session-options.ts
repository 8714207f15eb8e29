import type { SessionOptions, ToolDefinition } from '../../seam/session-commands.ts';
import type { Settings, Tools } from '../settings.ts';
import type { HistoryLine } from '../store/history.ts';

/** What a client may choose of its session. */
export interface SessionWishes {
  readonly voice?: string | undefined;
  readonly agent_name?: string | undefined;
  readonly system_prompt?: string | undefined;
}

/** What the settings alone do not say of one session. */
export interface SessionParts {
  readonly sessionId: string;
  readonly conversationId: string;
  readonly wishes: SessionWishes;
  /** Whether it is opened before anybody joins, and waits for them. */
  readonly waits: boolean;
  /** Whether the server is bound to a loopback address, where only `127.0.0.1` may be sure to reach us. */
  readonly loopback: boolean;
  readonly history: readonly HistoryLine[];
}

/** Everything the media host needs to open one session. */
export function sessionOptionsOf(settings: Settings, parts: SessionParts): SessionOptions {
  const { model, iceServers, portRange, connectTimeoutMs } = settings;
  const { sessionId, conversationId, wishes, loopback, history } = parts;
  return {
    sessionId,
    conversationId,
    upstream: {
      ...model,
      voice: wishes.voice ?? model.voice,
      instructions: instructionsOf(settings.instructions, wishes),
      tools: toolDefinitionsOf(settings.tools),
      ...(settings.greeting === undefined ? {} : { greeting: settings.greeting }),
    },
    iceServers,
    additionalHostAddresses: settings.additionalHostAddresses ?? (loopback ? ['127.0.0.1'] : []),
    ...(portRange === undefined ? {} : { portRange }),
    connectTimeoutMs,
    ...(parts.waits ? { joinTimeoutMs: settings.limits.joinSeconds * 1_000 } : {}),
    hearEachOther: settings.hearEachOther,
    history,
  };
}

/** The server's instructions, the assistant's name and the client's own prompt, in this order. */
function instructionsOf(instructions: string, wishes: SessionWishes): string {
  const name = wishes.agent_name === undefined ? '' : `Your name is ${wishes.agent_name}.`;
  return [instructions, name, wishes.system_prompt ?? ''].filter((part) => part !== '').join('\n\n');
}

function toolDefinitionsOf(tools: Tools): ToolDefinition[] {
  return Object.entries(tools).map(([name, { description, parameters }]) => ({ name, description, parameters }));
}
