import type { ParticipantRole } from '@voice-bridge/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type FakeClient, profileOf } from '../testing/fake-client.ts';
import { SessionBench } from '../testing/session-bench.ts';

type Action =
  | { readonly type: 'join' | 'joinJunk' | 'modelDies' | 'close' | 'interrupt' | 'modelCleared' }
  | { readonly type: 'leave' | 'vanish' | 'mute' | 'text' | 'speak' | 'kick'; readonly who: number }
  | { readonly type: 'moderate'; readonly who: number; readonly role: ParticipantRole; readonly gain: number }
  | { readonly type: 'modelSpeaks'; readonly packets: number }
  | { readonly type: 'pass'; readonly ms: number };

const who = fc.nat({ max: 3 });
const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 4, arbitrary: fc.constant<Action>({ type: 'join' }) },
  { weight: 1, arbitrary: fc.constantFrom<Action>({ type: 'joinJunk' }, { type: 'modelDies' }, { type: 'close' }) },
  { weight: 3, arbitrary: fc.constantFrom<Action>({ type: 'interrupt' }, { type: 'modelCleared' }) },
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constantFrom<'leave' | 'vanish' | 'mute' | 'kick'>('leave', 'vanish', 'mute', 'kick'),
      who,
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constant('moderate' as const),
      who,
      role: fc.constantFrom<ParticipantRole>('speaker', 'listener', 'observer'),
      gain: fc.constantFrom(0, 1, 4),
    }),
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

  it('tells everybody who is there the same list of who is there', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(action, { maxLength: 30, size: 'max' }), async (actions) => {
        const run = await runOf(actions);
        expectSameList(run);
        run.bench.handle.send({ type: 'close', reason: 'stopped' });
        await run.bench.pass(10_000);
      }),
      { numRuns: 60, seed: 3 },
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
      case 'kick':
        bench.handle.send({ type: 'removeParticipant', participantId: this.joins[next.who] ?? 'nobody' });
        break;
      case 'moderate': {
        const { role, gain } = next;
        bench.handle.send({ type: 'setParticipant', participantId: this.joins[next.who] ?? 'nobody', role, gain });
        break;
      }
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

/** Who was told to be there by events, and by the last list of everybody who still is. */
function expectSameList({ bench, clients }: Run): void {
  const present = new Set<string>();
  for (const event of bench.events) {
    if (event.type === 'participantJoined') present.add(event.participantId);
    if (event.type === 'participantLeft') present.delete(event.participantId);
  }
  for (const client of clients) {
    const joined = client.got('joined').at(0);
    if (joined === undefined || !present.has(joined.participant_id)) continue;
    const list = client.got('participants').at(-1)?.participants ?? joined.participants ?? [];
    expect(list.map((view) => view.participant_id).sort()).toEqual([...present].sort());
    for (const { participant_id: id, role, gain, muted } of list) {
      const changed = bench.got('participantChanged').findLast(({ participantId }) => participantId === id);
      const known = changed ?? { role: 'speaker', gain: 1, muted: false };
      expect({ role, gain, muted }).toEqual({ role: known.role, gain: known.gain, muted: known.muted });
    }
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
