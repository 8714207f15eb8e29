import { type EngineScript, scriptedEngines } from '../engines/scripted-engines.ts';
import type { ServerSettings } from '../server.ts';
import { type LocalRealtime, startLocalRealtime } from '../start-local-realtime.ts';

/** Starts a server that answers from a script: any loud sound is speech, words and answers come from the lists, the voice is a tone. */
export function startScriptedRealtime(script: EngineScript & ServerSettings): Promise<LocalRealtime> {
  const { turns, heard, ...settings } = script;
  const engines = scriptedEngines({ turns, ...(heard === undefined ? {} : { heard }) });
  return startLocalRealtime({ ...settings, engines });
}
