import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type GateInput, type GateState, initialGate, isResponding, stepGate } from './response-gate.ts';

/** Feeds a gate and counts what it sends. */
class Gate {
  state: GateState = initialGate;
  now = 0;
  readonly creates: string[] = [];

  give(input: GateInput): string | undefined {
    const step = stepGate(this.state, input, this.now);
    this.state = step.state;
    if (step.create !== undefined) this.creates.push(step.create);
    return step.create;
  }
}

const ask = (itemId: string): GateInput => ({ type: 'ask', itemId, urgent: true });

describe('the gate', () => {
  it('asks again after ten seconds without any answer to its request', () => {
    const gate = new Gate();
    gate.give(ask('i1'));
    gate.now = 10_000;
    gate.give({ type: 'itemAdded', itemId: 'i1' });
    expect(gate.creates).toHaveLength(1);
    gate.now = 10_001;
    gate.give({ type: 'speech', speaking: false });
    expect(gate.creates).toHaveLength(2);
  });

  it('drops a request that the server refused for another reason', () => {
    const gate = new Gate();
    const eventId = gate.give(ask('i1'));
    gate.give({ type: 'refused', eventId, active: false });
    expect(isResponding(gate.state)).toBe(false);
    expect(gate.creates).toHaveLength(1);
  });

  it('waits for the end of a response it never saw begin', () => {
    const gate = new Gate();
    const eventId = gate.give(ask('i1'));
    gate.give({ type: 'refused', eventId, active: true });
    expect(gate.creates).toHaveLength(1);
    gate.give({ type: 'responseDone', responseId: 'unseen' });
    expect(gate.creates).toHaveLength(2);
  });

  it('drops what waits when a response begins that has seen it', () => {
    const gate = new Gate();
    gate.give({ type: 'responseCreated', responseId: 'r1' });
    gate.give(ask('i1'));
    gate.give({ type: 'itemAdded', itemId: 'i1' });
    gate.give({ type: 'responseCreated', responseId: 'r2' });
    gate.give({ type: 'responseDone', responseId: 'r2' });
    expect(gate.creates).toHaveLength(0);
  });

  it('ignores the end of a response that is not the running one', () => {
    const gate = new Gate();
    gate.give({ type: 'responseCreated', responseId: 'r2' });
    gate.give(ask('i1'));
    gate.give({ type: 'responseDone', responseId: 'r1' });
    expect(gate.creates).toHaveLength(0);
  });

  it('ignores refusals of events that are not its own', () => {
    const gate = new Gate();
    gate.give(ask('i1'));
    const before = gate.state;
    gate.give({ type: 'refused', eventId: 'somebody', active: false });
    expect(gate.state).toEqual(before);
  });
});

type Move = 'text' | 'tool' | 'answer' | 'speechStart' | 'speechEnd' | 'serve' | 'deliver' | 'finish';

/** A Realtime server as far as the gate can tell: it answers in order, and late. */
class Server {
  readonly #gate: Gate;
  readonly #inbox: { readonly create?: string; readonly item?: string }[] = [];
  readonly #outbox: GateInput[] = [];
  readonly answered: { readonly sees: ReadonlySet<string> }[] = [];
  #active: string | undefined;
  #items = new Set<string>();
  #made = 0;
  #calls = 0;
  speaking = false;
  readonly open: string[] = [];
  refusals = 0;

  constructor(gate: Gate) {
    this.#gate = gate;
  }

  send(input: GateInput, itemId?: string): void {
    if (itemId !== undefined) this.#inbox.push({ item: itemId });
    this.#give(input);
  }

  deliver(): boolean {
    const next = this.#outbox.shift();
    if (next === undefined) return false;
    if (next.type === 'toolCalled') this.open.push(next.callId);
    this.#give(next);
    return true;
  }

  serve(): boolean {
    const next = this.#inbox.shift();
    if (next === undefined) return false;
    if (next.item !== undefined) {
      this.#items.add(next.item);
      this.#outbox.push({ type: 'itemAdded', itemId: next.item });
    }
    if (next.create !== undefined && this.#active === undefined) this.#begin();
    else if (next.create !== undefined) {
      this.refusals++;
      this.#outbox.push({ type: 'refused', eventId: next.create, active: true });
    }
    return true;
  }

  speech(speaking: boolean): void {
    if (this.speaking === speaking) return;
    this.speaking = speaking;
    if (speaking) this.finish();
    this.#outbox.push({ type: 'speech', speaking });
    if (!speaking && this.#active === undefined) this.#begin();
  }

  call(): void {
    if (this.#active === undefined) return;
    this.#outbox.push({ type: 'toolCalled', responseId: this.#active, callId: `call_${++this.#calls}` });
  }

  finish(): boolean {
    if (this.#active === undefined) return false;
    this.#outbox.push({ type: 'responseDone', responseId: this.#active });
    this.#active = undefined;
    return true;
  }

  #begin(): void {
    this.#active = `r${++this.#made}`;
    this.answered.push({ sees: new Set(this.#items) });
    this.#outbox.push({ type: 'responseCreated', responseId: this.#active });
  }

  #give(input: GateInput): void {
    const create = this.#gate.give(input);
    if (create !== undefined) this.#inbox.push({ create });
  }
}

const moves: readonly Move[] = ['text', 'tool', 'answer', 'speechStart', 'speechEnd', 'serve', 'deliver', 'finish'];

it('lets every item be answered, whatever the order in which a late server answers', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...moves), { maxLength: 60, size: 'max' }), (script) => {
      const gate = new Gate();
      const server = new Server(gate);
      const items: string[] = [];
      const answer = () => {
        const callId = server.open.shift();
        if (callId === undefined) return false;
        const itemId = `item_${items.length}`;
        items.push(itemId);
        server.send({ type: 'toolAnswered', callId, itemId }, itemId);
        return true;
      };
      for (const move of script) {
        const itemId = `item_${items.length}`;
        if (move === 'text') {
          items.push(itemId);
          server.send(ask(itemId), itemId);
        } else if (move === 'tool') server.call();
        else if (move === 'answer') answer();
        else if (move === 'speechStart') server.speech(true);
        else if (move === 'speechEnd') server.speech(false);
        else if (move === 'serve') server.serve();
        else if (move === 'deliver') server.deliver();
        else server.finish();
      }
      server.speech(false);
      for (let turn = 0; turn < 1_000; turn++) {
        if (!server.deliver() && !server.serve() && !answer() && !server.finish()) break;
      }
      expect(isResponding(gate.state)).toBe(false);
      expect(gate.state.calls.size).toBe(0);
      for (const item of items) expect(server.answered.some(({ sees }) => sees.has(item))).toBe(true);
      expect(gate.creates.length).toBeLessThanOrEqual(items.length + server.refusals);
    }),
    { numRuns: 2_000, seed: 7 },
  );
});
