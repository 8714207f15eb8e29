import type { ToolCall } from '@voice-bridge/browser-client';
import * as z from 'zod/mini';

const timerProgress = z.object({ seconds: z.number(), left: z.number() });
const programProgress = z.object({ line: z.string(), step: z.number(), of: z.number() });
const STATE = { running: 'running', done: 'done', failed: 'failed' } as const;

/** What the assistant did on the server, newest first. */
export function ToolCalls({ toolCalls }: { toolCalls: readonly ToolCall[] }) {
  return (
    <section className="card" aria-labelledby="tools-title">
      <h2 id="tools-title">Tools on the server</h2>
      {toolCalls.length === 0 ? (
        <p className="empty">Ask for the lamp, a note, a timer or dice.</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable region must be reachable by keyboard
        <ul className="tools" tabIndex={0} aria-label="Tool calls">
          {toolCalls.toReversed().map((call) => (
            <li key={call.callId} data-state={call.state}>
              <code>
                {call.name}({call.arguments === '{}' ? '' : call.arguments})
              </code>
              <span>{STATE[call.state]}</span>
              <Progress call={call} />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Progress({ call }: { call: ToolCall }) {
  const program = z.safeParse(programProgress, call.progress);
  if (program.success) return <ProgramProgress {...program.data} running={call.state === 'running'} />;
  const parsed = z.safeParse(timerProgress, call.progress);
  if (!parsed.success || call.state !== 'running') return null;
  const { seconds, left } = parsed.data;
  return <progress max={seconds} value={seconds - left} aria-label={`${left} of ${seconds} seconds left`} />;
}

/** How far a program outside is, and what it said last. */
function ProgramProgress({ line, step, of, running }: z.infer<typeof programProgress> & { readonly running: boolean }) {
  return (
    <>
      {running && <progress max={of} value={step} aria-label={`Step ${step} of ${of}`} />}
      <small>{line}</small>
    </>
  );
}
