import { ENDPOINTS, sdpPath, sessionPath } from '@voice-bridge/core';
import { ManualClock } from '@voice-bridge/core/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addParticipant, ask, closeBridge, OFFER, openBridge, post, sendText } from '../../testing/ask.ts';
import { createTestBridge } from '../../testing/create-test-bridge.ts';
import { FakeSessionHost } from '../../testing/fake-session-host.ts';

const conversation = fc.constantFrom('a', 'b');
const action = fc.oneof(
  fc.record({ type: fc.constant('open'), conversation } as const),
  fc.record({ type: fc.constant('join'), conversation } as const),
  fc.record({ type: fc.constant('renew'), conversation, join: fc.boolean() } as const),
  fc.record({ type: fc.constant('add'), conversation } as const),
  fc.record({ type: fc.constant('wait'), conversation } as const),
  fc.record({ type: fc.constant('sdp'), nth: fc.nat(3) } as const),
  fc.record({ type: fc.constant('close'), conversation } as const),
  fc.record({ type: fc.constant('closeSession'), nth: fc.nat(3) } as const),
  fc.record({ type: fc.constant('text'), conversation } as const),
  fc.record({ type: fc.constant('giveUp'), nth: fc.nat(3) } as const),
  fc.record({ type: fc.constant('modelOpens'), nth: fc.nat(3) } as const),
  fc.record({ type: fc.constant('modelFails'), nth: fc.nat(3) } as const),
  fc.record({ type: fc.constant('everybodyLeaves'), nth: fc.nat(3) } as const),
  fc.record({ type: fc.constant('pass'), milliseconds: fc.constantFrom(0, 1, 1_000, 20_000) } as const),
);
type Action = typeof action extends fc.Arbitrary<infer Value> ? Value : never;

async function run(actions: readonly Action[]): Promise<void> {
  const clock = new ManualClock();
  const host = new FakeSessionHost({ model: 'hangs' });
  const bridge = createTestBridge({ authorize: 'open' }, { host, clock });
  const answers: Promise<Response>[] = [];
  const aborts: AbortController[] = [];
  const asking = () => {
    const abort = new AbortController();
    aborts.push(abort);
    return { signal: abort.signal };
  };
  const live = (nth: number) => host.live.at(-1 - nth);
  const lastOf = (id: string) =>
    host.sessions.findLast(({ options }) => options.conversationId === id)?.options.sessionId;
  const bridgeBody = (id: string, more: object) => ({ conversation_id: id, offer: OFFER, ...more });
  const act = (step: Action): void => {
    switch (step.type) {
      case 'open':
        answers.push(openBridge(bridge, step.conversation, asking()));
        return;
      case 'join':
        answers.push(post(bridge, ENDPOINTS.bridge, bridgeBody(step.conversation, { join: true }), asking()));
        return;
      case 'renew': {
        const wanted = { join: step.join, session_id: lastOf(step.conversation) };
        answers.push(post(bridge, ENDPOINTS.bridge, bridgeBody(step.conversation, wanted), asking()));
        return;
      }
      case 'add':
        answers.push(addParticipant(bridge, step.conversation, asking()));
        return;
      case 'wait':
        answers.push(post(bridge, ENDPOINTS.session, { conversation_id: step.conversation }, asking()));
        return;
      case 'sdp': {
        const headers = { 'content-type': 'application/sdp' };
        const path = sdpPath(live(step.nth)?.options.sessionId ?? 'ses_never');
        answers.push(ask(bridge, path, { method: 'POST', headers, body: OFFER, ...asking() }));
        return;
      }
      case 'close':
        answers.push(closeBridge(bridge, step.conversation));
        return;
      case 'closeSession':
        answers.push(ask(bridge, sessionPath(live(step.nth)?.options.sessionId ?? 'ses_never'), { method: 'DELETE' }));
        return;
      case 'text':
        answers.push(sendText(bridge, step.conversation));
        return;
      case 'giveUp':
        aborts.at(-1 - step.nth)?.abort();
        return;
      case 'modelOpens':
        live(step.nth)?.emit({ type: 'opened' });
        return;
      case 'modelFails':
        live(step.nth)?.end('model_closed', 'model_closed');
        return;
      case 'everybodyLeaves':
        live(step.nth)?.end('left');
        return;
      case 'pass':
        return;
    }
  };
  for (const step of actions) {
    act(step);
    await clock.advanceAsync(step.type === 'pass' ? step.milliseconds : 0);
    const conversations = host.live.map(({ options }) => options.conversationId);
    expect(new Set(conversations).size).toBe(conversations.length);
    const shown = bridge.sessions.list().map(({ sessionId }) => sessionId);
    for (const { options } of host.live) expect(shown).toContain(options.sessionId);
  }
  const closed = bridge.close();
  await clock.advanceAsync(10_000);
  await closed;
  const statuses = (await Promise.all(answers)).map(({ status }) => status);
  for (const status of statuses) expect(KNOWN).toContain(status);
  expect([host.live, bridge.sessions.list(), clock.pending]).toEqual([[], [], 0]);
}

/** What such requests may be answered with; above all, never 500. */
const KNOWN = [200, 404, 409, 429, 499, 502, 503, 504];

describe('opening, joining, renewing, leaving and closing, in any order', () => {
  it('[S-2.6] never leaves two sessions in a conversation, a request without an answer, or anything behind', async () => {
    await fc.assert(fc.asyncProperty(fc.array(action, { maxLength: 25 }), run), { seed: 5, numRuns: 400 });
  });
});
