import { setImmediate } from 'node:timers/promises';
import { VoiceBridgeError } from '@voice-bridge/core';
import type { ScriptedTurn } from '../engines/assistant/scripted-assistant.ts';
import { type EngineScript, scriptedEngines } from '../engines/scripted-engines.ts';
import { SCRIPTED_SEED } from '../new-ids.ts';
import type { ServerSettings } from '../server.ts';
import { type LocalRealtime, startLocalRealtime } from '../start-local-realtime.ts';
import { systemClock } from '../system-clock.ts';
import { type Conversation, watchedAssistant } from './watched-assistant.ts';

const DEFAULT_TIMEOUT_MS = 15_000;
const LOOK_EVERY_MS = 10;

/** A server that answers from a script and remembers what was said to it. */
export interface ScriptedRealtime extends LocalRealtime, Readonly<Conversation> {
  /** Adds turns behind those there are. */
  script(...turns: readonly ScriptedTurn[]): void;
  /**
   * Resolves as soon as `condition` holds; looks after each line of the conversation, and every 10 ms. Rejects with
   * `connect_timeout` after `timeoutMs` (default 15 s), with what was heard and said.
   */
  until(condition: () => boolean, what: string, timeoutMs?: number): Promise<void>;
}

/**
 * Starts a server that answers from a script: any loud sound is speech, words and answers come from the lists, the voice is a tone
 * that `readToneText` reads. The same script always gives the same events, ids included; with a `clock` and `startsAt` their times as well.
 */
export async function startScriptedRealtime(script: Partial<EngineScript> & ServerSettings): Promise<ScriptedRealtime> {
  const { turns = [], heard, ...settings } = script;
  const queue = [...turns];
  const told: Conversation = { heard: [], said: [], toolCalls: [], toolResults: [], requests: [] };
  const looks = new Set<() => void>();
  const giveWay = settings.clock === undefined ? setImmediate : undefined;
  const engines = scriptedEngines({ turns: queue, ...(heard === undefined ? {} : { heard }) }, { giveWay });
  const look = () => {
    for (const each of [...looks]) each();
  };
  const assistant = watchedAssistant(engines.assistant, told, look);
  const server = await startLocalRealtime({ seed: SCRIPTED_SEED, ...settings, engines: { ...engines, assistant } });
  const until: ScriptedRealtime['until'] = (condition, what, timeoutMs = DEFAULT_TIMEOUT_MS) =>
    new Promise((resolve, reject) => {
      const deadline = systemClock.now() + timeoutMs;
      let cancel = () => {};
      const lookNow = () => {
        cancel();
        const holds = condition();
        if (!holds && systemClock.now() < deadline) {
          cancel = systemClock.after(LOOK_EVERY_MS, lookNow);
          return;
        }
        looks.delete(lookNow);
        if (holds) resolve();
        else reject(timeout(what, timeoutMs, told));
      };
      looks.add(lookNow);
      lookNow();
    });
  const kit: Pick<ScriptedRealtime, 'script' | 'until'> = { script: (...more) => void queue.push(...more), until };
  return Object.assign(server, told, kit);
}

function timeout(what: string, timeoutMs: number, { heard, said }: Conversation): VoiceBridgeError {
  const message = `No ${what} within ${timeoutMs} ms; heard: ${JSON.stringify(heard)}, said: ${JSON.stringify(said)}`;
  return new VoiceBridgeError('connect_timeout', message);
}
