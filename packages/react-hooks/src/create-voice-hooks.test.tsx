// @vitest-environment happy-dom

import { cleanup, renderHook } from '@testing-library/react';
import { FakeVoiceBridge } from '@voice-bridge/browser-client/testing';
import { afterEach, describe, expect, expectTypeOf, it } from 'vitest';
import { createVoiceHooks } from './create-voice-hooks.ts';
import { createVoiceWrapper } from './create-voice-wrapper.tsx';

/** As `typeof bridge` of a server with two tools. */
interface Bridge {
  readonly fetch: (request: Request) => Promise<Response>;
  readonly types?: {
    readonly tools: {
      readonly set_lamp: { readonly types?: { readonly input: { colour: string }; readonly output: { since: Date } } };
      readonly roll_dice: { readonly types?: { readonly input: { sides: number }; readonly output: number } };
    };
  };
}

const hooks = createVoiceHooks<Bridge>();

describe('createVoiceHooks', () => {
  afterEach(cleanup);

  it('gives each tool call the types of its tool', () => {
    const fake = new FakeVoiceBridge({ state: 'connected' });
    fake.callTool({ callId: 'c1', name: 'roll_dice', arguments: '{"sides":6}', state: 'done', result: '4' });
    const { result } = renderHook(() => hooks.useToolCalls(), { wrapper: createVoiceWrapper(fake) });
    const [call] = result.current;
    expect(call).toMatchObject({ callId: 'c1', name: 'roll_dice', state: 'done', input: { sides: 6 }, output: 4 });
    if (call?.name === 'roll_dice' && call.state === 'done') {
      expectTypeOf(call.input).toEqualTypeOf<{ sides: number }>();
      expectTypeOf(call.output).toEqualTypeOf<number | undefined>();
    }
    if (call?.name === 'set_lamp') {
      expectTypeOf(call.state).toEqualTypeOf<'running' | 'failed' | 'done'>();
      if (call.state === 'done') expectTypeOf(call.output).toEqualTypeOf<{ since: string } | undefined>();
      else expectTypeOf(call.input).toBeUnknown();
    }
    expectTypeOf<NonNullable<typeof call>['name']>().toEqualTypeOf<'set_lamp' | 'roll_dice'>();
  });

  it('what is no JSON, or was cut, is undefined', () => {
    const fake = new FakeVoiceBridge({ state: 'connected' });
    fake.callTool({ callId: 'c1', name: 'set_lamp', arguments: '{"colour', state: 'failed', result: '{"error":1}' });
    fake.callTool({ callId: 'c2', name: 'set_lamp', arguments: '{}', state: 'done', result: '{"since":"20' });
    const { result } = renderHook(() => hooks.useToolCalls(), { wrapper: createVoiceWrapper(fake) });
    expect(result.current).toMatchObject([
      { state: 'failed', input: undefined, output: undefined },
      { state: 'done', input: {}, output: undefined },
    ]);
  });

  it('gives the same list until a call changed', () => {
    const fake = new FakeVoiceBridge({ state: 'connected' });
    const { result, rerender } = renderHook(() => hooks.useToolCalls(), { wrapper: createVoiceWrapper(fake) });
    const before = result.current;
    rerender();
    expect(result.current).toBe(before);
  });
});
