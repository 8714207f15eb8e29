import { MessageChannel } from 'node:worker_threads';
import { afterEach, describe, expect, it } from 'vitest';
import { AudioLine, LINE_CREDIT } from './audio-line.ts';

const open: AudioLine[] = [];
afterEach(() => {
  for (const line of open.splice(0)) line.close();
});

describe('the line between the planes', () => {
  it('carries sound and control messages both ways, and hands the memory over', async () => {
    const { here, there, heard } = pair();
    const bytes = Uint8Array.of(1, 2, 3);
    expect(here.sendAudio(bytes)).toBe(true);
    here.sendControl('hello');
    there.sendControl('answer');
    await expect.poll(() => [heard.there, heard.here]).toEqual([[[1, 2, 3], 'hello'], ['answer']]);
    expect(bytes.length).toBe(0);
  });

  it('takes no more sound than the other end keeps up with, and as much again as that end has taken', async () => {
    const takes: (() => void)[] = [];
    const { here, heard } = pair(() => new Promise<void>((resolve) => takes.push(resolve)));
    const taken = Array.from({ length: 15 }, (_, number) => here.sendAudio(Uint8Array.of(number)));
    expect(taken.filter(Boolean)).toHaveLength(LINE_CREDIT);
    await expect.poll(() => heard.there).toHaveLength(LINE_CREDIT);
    expect(here.underWay).toBe(LINE_CREDIT);
    takes.shift()?.();
    takes.shift()?.();
    await expect.poll(() => here.underWay).toBe(LINE_CREDIT - 2);
    expect([1, 2, 3].map((number) => here.sendAudio(Uint8Array.of(number)))).toEqual([true, true, false]);
  });

  it('tells the other end of its close behind everything else, once', async () => {
    const { here, there, heard } = pair();
    here.sendControl('last');
    here.close();
    here.close();
    here.sendControl('too late');
    await expect.poll(() => heard.there).toEqual(['last', 'closed']);
    expect([here.open, there.open, there.sendAudio(Uint8Array.of(1))]).toEqual([false, false, false]);
    expect(heard.here).toEqual([]);
  });
});

function pair(onAudio: () => void | Promise<void> = () => {}) {
  const { port1, port2 } = new MessageChannel();
  const heard: Record<'here' | 'there', unknown[]> = { here: [], there: [] };
  const lineTo = (name: 'here' | 'there', port: typeof port1) => {
    const line = new AudioLine(port, {
      onAudio: (bytes) => {
        heard[name].push([...bytes]);
        return onAudio();
      },
      onControl: (text) => heard[name].push(text),
      onClose: () => heard[name].push('closed'),
    });
    open.push(line);
    return line;
  };
  return { here: lineTo('here', port1), there: lineTo('there', port2), heard };
}
