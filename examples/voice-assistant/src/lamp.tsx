import type { ToolCall } from '@voice-bridge/browser-client';
import { useEffect, useState } from 'react';
import * as z from 'zod/mini';

const KEY = 'voice-bridge.lamp';
const result = z.object({ colour: z.string() });

/** The lamp the assistant switches: it shows what the server's `set_lamp` last reported, also in the next session. */
export function Lamp({ toolCalls }: { toolCalls: readonly ToolCall[] }) {
  const colour = useLampColour(toolCalls);
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

function useLampColour(toolCalls: readonly ToolCall[]): string {
  const [colour, setColour] = useState(rememberedColour);
  const switched = lastColour(toolCalls);
  useEffect(() => {
    if (switched === undefined) return;
    setColour(switched);
    try {
      localStorage.setItem(KEY, switched);
    } catch {
      // Storage is refused in some private windows: the lamp is then off after a reload.
    }
  }, [switched]);
  return switched ?? colour;
}

function rememberedColour(): string {
  try {
    return localStorage.getItem(KEY) ?? 'off';
  } catch {
    return 'off';
  }
}

/** The colour of the last finished `set_lamp`; `undefined` before this session's first. */
function lastColour(toolCalls: readonly ToolCall[]): string | undefined {
  for (const call of toolCalls.toReversed()) {
    if (call.name !== 'set_lamp' || call.state !== 'done' || call.result === undefined) continue;
    const parsed = z.safeParse(result, readJson(call.result));
    if (parsed.success) return parsed.data.colour;
  }
  return undefined;
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
