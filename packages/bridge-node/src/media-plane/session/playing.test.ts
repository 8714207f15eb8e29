import { describe, expect, it } from 'vitest';
import { SessionBench } from '../testing/session-bench.ts';

const SECOND = Int16Array.from({ length: 24_000 }, (_, n) => Math.round(8_000 * Math.sin(n / 8)));

describe('a recording', () => {
  it('is heard by everybody who hears, once, and told to be over when it is', async () => {
    const bench = await new SessionBench().open();
    const ada = await bench.join('ada');
    const observer = await bench.join('observer', { role: 'observer' });
    bench.handle.send({ type: 'play', playId: 'one', samples: SECOND });
    await bench.pass(900);
    expect(bench.got('played')).toEqual([]);
    await bench.pass(200);
    expect(bench.got('played')).toEqual([{ type: 'played', playId: 'one' }]);
    expect(ada.audio.length).toBeGreaterThanOrEqual(49);
    expect(ada.audio.length).toBeLessThanOrEqual(52);
    expect(observer.audio).toEqual([]);
  });

  it('can be stopped, and those that wait too', async () => {
    const bench = await new SessionBench().open();
    const ada = await bench.join('ada');
    for (const playId of ['one', 'two']) bench.handle.send({ type: 'play', playId, samples: SECOND });
    await bench.pass(100);
    for (const playId of ['two', 'one', 'one', 'never']) bench.handle.send({ type: 'stopPlaying', playId });
    await bench.settle();
    expect(bench.got('played').map(({ playId }) => playId)).toEqual(['two', 'one']);
    const heard = ada.audio.length;
    await bench.pass(1_000);
    expect(ada.audio.length).toBeLessThanOrEqual(heard + 2);
  });

  it('gives way to the end of the session', async () => {
    const bench = await new SessionBench().open();
    const ada = await bench.join('ada');
    bench.handle.send({ type: 'play', playId: 'one', samples: SECOND });
    await bench.pass(100);
    ada.send({ type: 'leave' });
    await bench.pass(2_000);
    expect(bench.got('played')).toEqual([]);
    expect(bench.events.at(-1)).toMatchObject({ type: 'closed', reason: 'left' });
  });
});
