import { describe, expect, it } from 'vitest';
import { anySignal } from '../engine-test-support.ts';
import { parsePhrase } from '../phrases.ts';
import type {
  AssistantEngine,
  AssistantItem,
  AssistantOutput,
  AssistantRequest,
  AssistantTool,
} from './assistant-engine.ts';
import { DEMO_TOOLS } from './demo-tools.ts';

/** A request of which only the named parts matter. */
export function ask(parts: Partial<AssistantRequest>): AssistantRequest {
  return { instructions: '', items: [], tools: [], toolChoice: { name: 'auto' }, ...parts };
}

/** Everything an engine answers to these items. */
export async function answer(
  engine: AssistantEngine,
  items: readonly AssistantItem[],
  tools: readonly AssistantTool[] = DEMO_TOOLS,
  signal: AbortSignal = anySignal(),
): Promise<AssistantOutput[]> {
  const outputs: AssistantOutput[] = [];
  for await (const output of engine.respond(ask({ items, tools }), signal)) outputs.push(output);
  return outputs;
}

/** A user's words as the only item. */
export function user(text: string): AssistantItem {
  return { type: 'message', role: 'user', text };
}

/** What every assistant does. `create` makes one that answers `tell me a story` with several sentences. */
export function assistantEngineContract(name: string, create: () => AssistantEngine): void {
  describe(`${name} as AssistantEngine`, () => {
    it('answers with sentences that can be spoken one by one', async () => {
      const outputs = await answer(create(), [user('tell me a story')]);
      expect(outputs.length).toBeGreaterThan(1);
      for (const output of outputs) {
        expect(output.type).toBe('sentence');
        if (output.type === 'sentence') expect(output.text.trim()).not.toBe('');
      }
    });

    it('answers the same to the same, each time it is made', async () => {
      expect(await answer(create(), [user('tell me a story')])).toEqual(
        await answer(create(), [user('tell me a story')]),
      );
    });

    it('says nothing when the signal has fired', async () => {
      expect(await answer(create(), [user('tell me a story')], DEMO_TOOLS, AbortSignal.abort())).toEqual([]);
    });

    it('stops between two sentences when the signal fires', async () => {
      const controller = new AbortController();
      const heard: AssistantOutput[] = [];
      const request = ask({ items: [user('tell me a story')] });
      for await (const output of create().respond(request, controller.signal)) {
        heard.push(output);
        controller.abort();
      }
      expect(heard.length).toBe(1);
    });

    it('lists phrases that can be read', () => {
      for (const phrase of create().phrases(DEMO_TOOLS)) expect(() => parsePhrase(phrase)).not.toThrow();
    });

    it('calls tools with JSON', async () => {
      for (const output of await answer(create(), [user('set the lamp to blue')])) {
        if (output.type === 'function_call') expect(() => JSON.parse(output.arguments)).not.toThrow();
      }
    });
  });
}
