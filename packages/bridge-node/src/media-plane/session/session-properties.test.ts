import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type FakeClient, profileOf } from '../testing/fake-client.ts';
import { SessionBench } from '../testing/session-bench.ts';

type Action =
  | { readonly type: 'join' | 'joinJunk' | 'modelDies' | 'close' | 'interrupt' | 'modelCleared' }
  | { readonly type: 'leave' | 'vanish' | 'mute' | 'text' | 'speak'; readonly who: number }
  | { readonly type: 'modelSpeaks'; readonly packets: number }
  | { readonly type: 'pass'; readonly ms: number };

const who = fc.nat({ max: 3 });
const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 4, arbitrary: fc.constant<Action>({ type: 'join' }) },
  { weight: 1, arbitrary: fc.constantFrom<Action>({ type: 'joinJunk' }, { type: 'modelDies' }, { type: 'close' }) },
  { weight: 3, arbitrary: fc.constantFrom<Action>({ type: 'interrupt' }, { type: 'modelCleared' }) },
  {
    weight: 4,
    arbitrary: fc.record({ type: fc.constantFrom('leave' as const, 'vanish' as const, 'mute' as const), who }),
  },
  { weight: 8, arbitrary: fc.record({ type: fc.constantFrom('text' as const, 'speak' as const), who }) },
  { weight: 4, arbitrary: fc.record({ type: fc.constant('modelSpeaks' as const), packets: fc.nat({ max: 5 }) }) },
  { weight: 4, arbitrary: fc.record({ type: fc.constant('pass' as const), ms: fc.constantFrom(0, 20, 500, 7_000) }) },
);

describe('whatever happens to a session', () => {
  it('ends with exactly one closed, settles every join once and leaves nothing behind', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(action, { maxLength: 30, size: 'max' }), async (actions) => {
        const run = await runOf(actions);
        run.bench.handle.send({ type: 'close', reason: 'stopped' });
        await run.bench.pass(10_000);
        expectSettled(run);
      }),
      { numRuns: 60, seed: 1 },
    );
  });

  it('has one writer per stream: no packet number leaves a connection twice', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(action, { maxLength: 40, size: 'max' }), async (actions) => {
        const run = await runOf(actions);
        for (const { sentAudio } of run.bench.network.connections.filter((connection) => !run.isFar(connection))) {
          const numbers = sentAudio.map(({ sequenceNumber }) => sequenceNumber);
          expect(new Set(numbers).size).toBe(numbers.length);
        }
        run.bench.handle.send({ type: 'close', reason: 'stopped' });
        await run.bench.pass(10_000);
      }),
      { numRuns: 40, seed: 2 },
    );
  });
});

async function runOf(actions: readonly Action[]): Promise<Run> {
  const run = new Run();
  await run.bench.open();
  for (const next of actions) await run.perform(next);
  return run;
}

class Run {
  readonly bench = new SessionBench();
  readonly clients: FakeClient[] = [];
  readonly joins: string[] = [];
  #numbers = 0;

  isFar(connection: unknown): boolean {
    return (
      connection === this.bench.model.connection || this.clients.some((client) => client.connection === connection)
    );
  }

  async perform(next: Action): Promise<void> {
    const { bench } = this;
    const client = 'who' in next ? this.clients[next.who] : undefined;
    switch (next.type) {
      case 'join':
        this.joins.push(`p${this.joins.length}`);
        this.clients.push(await bench.join(this.joins.at(-1)));
        break;
      case 'joinJunk':
        this.joins.push(`p${this.joins.length}`);
        bench.handle.send({ type: 'join', participantId: this.joins.at(-1) ?? '', offer: 'junk', ...profileOf() });
        break;
      case 'modelDies':
        await bench.model.connection?.close();
        break;
      case 'close':
        bench.handle.send({ type: 'close', reason: 'stopped' });
        break;
      case 'interrupt':
        client?.send({ type: 'interrupt' });
        bench.handle.send({ type: 'interrupt' });
        break;
      case 'modelCleared':
        bench.model.say({ type: 'output_audio_buffer.cleared', response_id: 'r' });
        break;
      case 'leave':
        client?.send({ type: 'leave' });
        break;
      case 'vanish':
        await client?.connection.close();
        break;
      case 'mute':
        client?.send({ type: 'mute', muted: this.#numbers % 2 === 0 });
        break;
      case 'text':
        client?.send({ type: 'text', text: 'hello' });
        break;
      case 'speak':
        client?.speak(this.#numbers++);
        break;
      case 'modelSpeaks':
        for (let packet = 0; packet < next.packets; packet++) bench.model.speak(this.#numbers++);
        break;
      case 'pass':
        await bench.pass(next.ms);
        break;
    }
    await bench.settle();
  }
}

function expectSettled({ bench, joins, clients }: Run): void {
  expect(bench.got('closed')).toHaveLength(1);
  expect(bench.events.at(-1)?.type).toBe('closed');
  for (const participantId of joins) {
    const settled = [...bench.got('joinAnswered'), ...bench.got('joinRefused')].filter(
      (event) => event.participantId === participantId,
    );
    expect(settled.length).toBeLessThanOrEqual(1);
    const left = bench.got('participantLeft').filter((event) => event.participantId === participantId);
    expect(left.length).toBe(bench.got('joinAnswered').some((event) => event.participantId === participantId) ? 1 : 0);
  }
  const clientConnections = new Set<unknown>(clients.map(({ connection }) => connection));
  const ours = bench.network.connections.filter((connection) => !clientConnections.has(connection));
  expect(ours.filter(({ state }) => state.name !== 'closed')).toEqual([]);
}
