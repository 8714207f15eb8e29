import { describe, expect, it } from 'vitest';
import { scriptedEngines } from '../engines/scripted-engines.ts';
import { sentence } from '../testing/documented-order.ts';
import { VirtualCall } from '../testing/virtual-call.ts';
import type { CallEngines } from './call-engines.ts';

/** What must be closed again: detectors of the calls made with these engines. */
function counted(engines: CallEngines) {
  const open = { detectors: 0 };
  const createVad = () => {
    open.detectors++;
    const vad = engines.createVad();
    return { ...vad, close: () => void open.detectors-- };
  };
  return { engines: { ...engines, createVad }, open };
}

const speaking = () => counted(scriptedEngines({ turns: [[sentence('This is a long answer of many words.')]] }));

describe('the end of a call', () => {
  it.each([
    ['is closed', (call: VirtualCall) => call.call.close()],
    ['loses its caller', (call: VirtualCall) => call.caller.close()],
    ['loses the network', (call: VirtualCall) => call.network.connections[0]?.lose()],
  ])('leaves no timer and no engine behind when it %s while speaking', async (_how, end) => {
    const { engines, open } = speaking();
    const call = await VirtualCall.open(engines);
    await call.speak(400);
    await call.silence(1_000);
    expect(open.detectors).toBe(1);
    expect(call.packets.length).toBeGreaterThan(0);
    await end(call);
    await call.wait(0);
    expect(call.ended).toBe(1);
    expect(open.detectors).toBe(0);
    await call.caller.close();
    expect(call.clock.pending).toBe(0);
  });

  it('stops the assistant and the recogniser', async () => {
    const signals: AbortSignal[] = [];
    const forever = (signal: AbortSignal) =>
      new Promise<never>((_resolve, reject) => {
        signals.push(signal);
        signal.addEventListener('abort', () => reject(signal.reason));
      });
    const engines = scriptedEngines({ turns: [] });
    const stt = { ...engines.stt, recognise: (_pcm: unknown, _words: unknown, signal: AbortSignal) => forever(signal) };
    const call = await VirtualCall.open({ ...engines, stt });
    await call.speak(400);
    await call.silence(800);
    expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
    call.call.close();
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
    await call.wait(0);
    expect(call.take()).not.toContain('error');
  });

  it('comes when the session has lasted as long as it may, told by session_expired', async () => {
    const call = await VirtualCall.open(speaking().engines);
    await call.wait(5 * 60_000 - 1_000);
    expect(call.ended).toBe(0);
    await call.wait(1_000);
    expect(call.last('error').error).toMatchObject({
      code: 'session_expired',
      message: 'Your session hit the maximum duration of 5 minutes.',
    });
    await call.wait(1_000);
    expect(call.ended).toBe(1);
  });

  it('is final: nothing that comes later does anything', async () => {
    const { engines } = speaking();
    const call = await VirtualCall.open(engines);
    await call.speak(400);
    call.call.close();
    call.call.close();
    const before = call.events.length;
    await call.silence(1_000);
    expect(call.events.length).toBe(before);
    expect(call.ended).toBe(1);
  });

  it('comes at once when an engine breaks its promise not to throw', async () => {
    const engines = scriptedEngines({ turns: [[sentence('Yes.')]] });
    const prepare = () => {
      throw new Error('broken');
    };
    const { engines: watched, open } = counted({
      ...engines,
      assistant: { ...engines.assistant, phrases: () => ['hello'] },
      prepare,
    });
    const call = await VirtualCall.open(watched);
    expect(call.ended).toBe(1);
    expect(open.detectors).toBe(0);
  });
});
