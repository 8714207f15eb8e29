import type { ToolCall } from '@voice-bridge/browser-client';
import * as z from 'zod/mini';

const result = z.object({ colour: z.string() });

/** The lamp the assistant switches: it shows what the server's `set_lamp` last reported. */
export function Lamp({ toolCalls }: { toolCalls: readonly ToolCall[] }) {
  const colour = lampColour(toolCalls);
  return (
    <figure className="lamp" data-colour={colour}>
      <svg viewBox="0 0 64 64" role="img" aria-label={`Lamp: ${colour}`}>
        <path className="shade" d="M20 8h24l10 28H10z" />
        <path className="stand" d="M30 36h4v16h-4zM20 52h24v4H20z" />
      </svg>
      <figcaption>
        Lamp <strong>{colour}</strong>
      </figcaption>
    </figure>
  );
}

/** The colour of the last finished `set_lamp`, `off` before the first. */
export function lampColour(toolCalls: readonly ToolCall[]): string {
  for (const call of toolCalls.toReversed()) {
    if (call.name !== 'set_lamp' || call.state !== 'done' || call.result === undefined) continue;
    const parsed = z.safeParse(result, readJson(call.result));
    if (parsed.success) return parsed.data.colour;
  }
  return 'off';
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
