import type { Clock } from '@voice-bridge/core';
import type { ScriptedTurn } from '../engines/assistant/scripted-assistant.ts';
import type { FaultPlan } from '../faults/fault-plan.ts';
import { Callers } from './call-fixture.ts';
import type { RealtimeTestClient } from './realtime-test-client.ts';
import { type ScriptedRealtime, startScriptedRealtime } from './start-scripted-realtime.ts';

/** A sentence that the scripted voice says in two seconds. */
export const SENTENCE = { type: 'sentence', text: 'This sentence takes two seconds to say.' } as const;

/** A scripted server with faults, and those who call it. */
export class FaultyServer {
  readonly callers = new Callers();
  readonly server: ScriptedRealtime;

  private constructor(server: ScriptedRealtime) {
    this.server = server;
  }

  /** Starts it; it says {@link SENTENCE} twice unless there are other turns, and lives by the machine's clock unless there is another one. */
  static async start(faults?: FaultPlan, turns: readonly ScriptedTurn[] = [[SENTENCE], [SENTENCE]], clock?: Clock) {
    const more = { ...(faults === undefined ? {} : { faults }), ...(clock === undefined ? {} : { clock }) };
    return new FaultyServer(await startScriptedRealtime({ turns, ...more }));
  }

  /** Calls. */
  connect(): Promise<RealtimeTestClient> {
    return this.callers.connect(this.server);
  }

  /** Calls and asks for an answer. */
  async ask(): Promise<RealtimeTestClient> {
    const client = await this.connect();
    client.send({ type: 'response.create' });
    return client;
  }

  /** `/__faults` of the server. */
  get url(): string {
    return this.server.url.replace('/v1', '/__faults');
  }

  async close(): Promise<void> {
    await this.callers.close();
    await this.server.close();
  }
}
