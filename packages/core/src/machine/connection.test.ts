import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { VoiceBridgeError } from '../errors.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { seededRandom } from '../testing/seeded-random.ts';
import { backoffDelay, defaultBackoff } from './backoff.ts';
import {
  type ConnectionEffect,
  type ConnectionInput,
  type ConnectionState,
  connectionWakeAt,
  defaultReconnectPolicy,
  idleConnection,
  stepConnection,
} from './connection.ts';
import { Machine } from './machine.ts';

const policy = defaultReconnectPolicy;
const lost = new VoiceBridgeError('connection_lost', 'gone');
const forbidden = new VoiceBridgeError('forbidden', 'no');

class Client {
  readonly clock = new ManualClock();
  readonly effects: ConnectionEffect[] = [];
  readonly states: string[] = [];
  readonly machine: Machine<ConnectionState, ConnectionInput, ConnectionEffect>;

  constructor(random: () => number = () => 0.5) {
    this.machine = new Machine<ConnectionState, ConnectionInput, ConnectionEffect>({
      initial: idleConnection,
      step: (state, input, now) => stepConnection(state, input, now, policy, random()),
      perform: (effect) => this.effects.push(effect),
      onChange: (state) => this.states.push(state.name),
      clock: this.clock,
      wakeAt: connectionWakeAt,
      tick: { type: 'tick' },
    });
  }

  get dials(): number {
    return this.effects.filter((effect) => effect.type === 'dial').length;
  }

  connected(): this {
    this.machine.send({ type: 'connect' });
    this.machine.send({ type: 'dialled', dial: this.machine.state.dial });
    return this;
  }

  lose(error = lost): void {
    this.machine.send({ type: 'lost', dial: this.machine.state.dial, error });
  }
}

describe('a client connection', () => {
  it('[S-0.47] [S-3.24] redials with growing delays, then fails with the last error', () => {
    const client = new Client().connected();
    const waits: number[] = [];
    client.lose();
    while (client.machine.state.name === 'reconnecting') {
      const due = client.clock.nextDueAt ?? 0;
      waits.push(due - client.clock.now());
      client.clock.advance(due - client.clock.now());
      client.lose(new VoiceBridgeError('ice_failed', `attempt ${waits.length}`));
    }
    expect(waits).toEqual([250, 500, 1_000, 2_000, 4_000, 4_000, 4_000, 4_000]);
    expect(client.machine.state).toMatchObject({ name: 'failed', error: { message: 'attempt 8' } });
    expect(client.clock.pending).toBe(0);
  });

  it('does not redial the first connection, as somebody waits for the answer', () => {
    const client = new Client();
    client.machine.send({ type: 'connect' });
    client.lose();
    expect(client.machine.state).toMatchObject({ name: 'failed', error: lost });
    expect(client.effects.map((effect) => effect.type)).toEqual(['dial', 'hangUp']);
  });

  it('gives a dial up at its deadline', () => {
    const client = new Client();
    client.machine.send({ type: 'connect' });
    client.clock.advance(policy.dialTimeoutMs);
    expect(client.machine.state).toMatchObject({ name: 'failed', error: { code: 'connect_timeout' } });
  });

  it('does not redial after an error that trying again cannot cure', () => {
    const client = new Client().connected();
    client.lose(forbidden);
    expect(client.machine.state).toMatchObject({ name: 'failed', error: forbidden });
  });

  it('connects again after a redial and counts afresh once it was stable', () => {
    const client = new Client().connected();
    client.lose();
    client.clock.advance(250);
    client.machine.send({ type: 'dialled', dial: 2 });
    client.lose();
    expect(client.machine.state).toMatchObject({ name: 'reconnecting', attempt: 2 });
    client.clock.advance(500);
    client.machine.send({ type: 'dialled', dial: 3 });
    client.clock.advance(policy.stableMs);
    client.lose();
    expect(client.machine.state).toMatchObject({ name: 'reconnecting', attempt: 1 });
  });

  it('redials at once when the network comes back', () => {
    const client = new Client().connected();
    client.lose();
    client.machine.send({ type: 'retryNow' });
    expect(client.effects.at(-1)).toEqual({ type: 'dial', dial: 2, resume: true });
  });

  it('ends for good when the other side ends it', () => {
    const plain = new Client().connected();
    plain.machine.send({ type: 'ended', dial: 1, error: undefined });
    expect(plain.machine.state.name).toBe('closed');
    const replaced = new Client().connected();
    const error = new VoiceBridgeError('session_replaced', 'elsewhere');
    replaced.machine.send({ type: 'ended', dial: 1, error });
    expect(replaced.machine.state).toMatchObject({ name: 'failed', error });
  });

  it('disconnects from every state without leaving a timer, and can connect again', () => {
    const client = new Client().connected();
    client.lose();
    client.machine.send({ type: 'disconnect' });
    expect(client.machine.state.name).toBe('closed');
    expect(client.clock.pending).toBe(0);
    client.machine.send({ type: 'disconnect' });
    client.machine.send({ type: 'connect' });
    expect(client.states).toEqual(['connecting', 'connected', 'reconnecting', 'closed', 'connecting']);
  });

  it('takes no news of an old dial', () => {
    const client = new Client();
    client.machine.send({ type: 'connect' });
    client.machine.send({ type: 'disconnect' });
    client.machine.send({ type: 'connect' });
    client.machine.send({ type: 'lost', dial: 1, error: lost });
    client.machine.send({ type: 'dialled', dial: 1 });
    expect(client.machine.state).toMatchObject({ name: 'connecting', dial: 2 });
  });
});

it('never has two dials open, and hangs every dial up that it does not keep', () => {
  const input = fc.oneof(
    fc.constantFrom<ConnectionInput>({ type: 'connect' }, { type: 'disconnect' }, { type: 'retryNow' }),
    fc.record({ type: fc.constant('dialled' as const), dial: fc.nat(6) }),
    fc.record({ type: fc.constant('lost' as const), dial: fc.nat(6), error: fc.constantFrom(lost, forbidden) }),
    fc.record({ type: fc.constant('ended' as const), dial: fc.nat(6), error: fc.constantFrom(undefined, forbidden) }),
  );
  fc.assert(
    fc.property(
      fc.array(fc.tuple(input, fc.nat(20_000)), { maxLength: 60, size: 'max' }),
      fc.integer(),
      (moves, seed) => {
        const client = new Client(seededRandom(seed));
        for (const [move, pause] of moves) {
          client.machine.send(move);
          client.clock.advance(pause);
        }
        client.machine.send({ type: 'disconnect' });
        let open: number | undefined;
        for (const effect of client.effects) {
          expect(open).toBe(effect.type === 'dial' ? undefined : effect.dial);
          open = effect.type === 'dial' ? effect.dial : undefined;
        }
        expect(open).toBeUndefined();
        expect(client.clock.pending).toBe(0);
      },
    ),
    { numRuns: 500, seed: 5 },
  );
});

it('backs off by anything from nothing to the doubled base, never beyond the longest wait', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1_000 }), fc.double({ min: 0, max: 1, noNaN: true }), (attempt, random) => {
      const delay = backoffDelay(attempt, defaultBackoff, random);
      expect(delay).toBeGreaterThanOrEqual(0);
      expect(delay).toBeLessThanOrEqual(Math.min(8_000, 500 * 2 ** (attempt - 1)));
    }),
    { seed: 1 },
  );
});
