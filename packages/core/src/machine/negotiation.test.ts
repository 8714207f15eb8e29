import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { VoiceBridgeError } from '../errors.ts';
import {
  type NegotiationEffect,
  type NegotiationInput,
  type NegotiationState,
  negotiationWakeAt,
  defaultNegotiationPolicy as policy,
  startNegotiation,
  stepNegotiation,
} from './negotiation.ts';

const failure = new VoiceBridgeError('invalid_offer', 'no audio');

class Exchange {
  now = 0;
  state: NegotiationState;
  readonly effects: NegotiationEffect[];

  constructor(needsModel = true) {
    const first = startNegotiation(needsModel, 0, policy);
    this.state = first.state;
    this.effects = [...first.effects];
  }

  give(...inputs: NegotiationInput[]): this {
    for (const input of inputs) {
      const step = stepNegotiation(this.state, input, this.now, policy);
      this.state = step.state;
      this.effects.push(...step.effects);
    }
    return this;
  }

  expire(): this {
    this.now = negotiationWakeAt(this.state) ?? this.now;
    return this.give({ type: 'tick' });
  }

  get done(): string[] {
    return this.effects.map((effect) => effect.type);
  }
}

const valid: NegotiationInput = { type: 'offerValid' };
const ready: NegotiationInput = { type: 'modelReady' };
const answered: NegotiationInput = { type: 'answered', sdp: 'v=0' };
const connected: NegotiationInput = { type: 'mediaConnected' };

describe('an exchange of offer and answer', () => {
  it('[S-2.7] checks the offer, connects the model, then answers', () => {
    const exchange = new Exchange().give(valid, ready, answered, connected);
    expect(exchange.done).toEqual(['validateOffer', 'dialModel', 'answerOffer', 'sendAnswer']);
    expect(exchange.state).toEqual({ name: 'connected' });
    expect(negotiationWakeAt(exchange.state)).toBeUndefined();
  });

  it('answers at once when the model leg is already up', () => {
    expect(new Exchange(false).give(valid).done).toEqual(['validateOffer', 'answerOffer']);
  });

  it('dials no model for an offer that is refused', () => {
    const exchange = new Exchange().give({ type: 'failed', error: failure });
    expect(exchange.effects).toEqual([{ type: 'validateOffer' }, { type: 'refuse', error: failure }]);
  });

  it('hangs the model up when the participant never connects, and leaves a shared one alone', () => {
    expect(new Exchange().give(valid, ready, answered).expire().done.slice(4)).toEqual(['closeMedia', 'hangUpModel']);
    expect(new Exchange(false).give(valid, answered).expire().done.slice(3)).toEqual(['closeMedia']);
  });

  it('says at every stage what took too long', () => {
    const codes = [[], [valid], [valid, ready], [valid, ready, answered]].map((inputs) => {
      const { state } = new Exchange().give(...inputs).expire();
      return state.name === 'closed' ? state.error?.code : undefined;
    });
    expect(codes).toEqual(['invalid_offer', 'model_unreachable', 'internal', 'connect_timeout']);
  });

  it('does not fail before its deadline', () => {
    const exchange = new Exchange();
    exchange.now = policy.validateMs - 1;
    expect(exchange.give({ type: 'tick' }).state.name).toBe('validating');
  });
});

it('answers or refuses at most once, and frees everything it opened, in whatever order things happen', () => {
  const input = fc.constantFrom<NegotiationInput>(
    valid,
    ready,
    answered,
    connected,
    { type: 'tick' },
    {
      type: 'failed',
      error: failure,
    },
  );
  fc.assert(
    fc.property(fc.boolean(), fc.array(input, { maxLength: 12, size: 'max' }), (needsModel, inputs) => {
      const exchange = new Exchange(needsModel);
      // Once the participant is connected, the model is its session's to hang up.
      const reached = inputs.map((each) => exchange.give(each).state.name).includes('connected');
      exchange.give({ type: 'close' }, { type: 'close' });
      const count = (type: NegotiationEffect['type']) => exchange.done.filter((done) => done === type).length;
      expect(count('sendAnswer') + count('refuse')).toBeLessThanOrEqual(1);
      expect(count('closeMedia')).toBe(count('answerOffer'));
      expect(count('hangUpModel')).toBe(reached ? 0 : count('dialModel'));
    }),
    { numRuns: 1_000, seed: 9 },
  );
});
