import { describe, expect, it } from 'vitest';
import { Emitter } from './emitter.ts';

type Events = { spoke: [who: string, words: number]; left: [] };

describe('Emitter', () => {
  it('hands every argument to every listener, in the order they came', () => {
    const log: string[] = [];
    const emitter = new Emitter<Events>();
    emitter.on('spoke', (who, words) => log.push(`1 ${who} ${words}`));
    emitter.on('spoke', (who) => log.push(`2 ${who}`));
    emitter.emit('spoke', 'Ada', 3);
    expect(log).toEqual(['1 Ada 3', '2 Ada']);
  });

  it('never lets a throwing listener reach whoever emits, nor silence the others', () => {
    const errors: unknown[] = [];
    const log: string[] = [];
    const emitter = new Emitter<Events>((error) => errors.push(error));
    const broken = new Error('broken listener');
    emitter.on('left', () => {
      throw broken;
    });
    emitter.on('left', () => log.push('heard'));
    emitter.emit('left');
    expect(log).toEqual(['heard']);
    expect(errors).toEqual([broken]);
  });

  it('stays quiet about a throwing listener when nobody wants to know', () => {
    const emitter = new Emitter<Events>();
    emitter.on('left', () => {
      throw new Error('unheard');
    });
    expect(() => emitter.emit('left')).not.toThrow();
  });

  it('takes off exactly the listener whose stop is called, as often as it is called', () => {
    const log: string[] = [];
    const emitter = new Emitter<Events>();
    const listener = () => log.push('x');
    const stop = emitter.on('left', listener);
    emitter.on('left', listener);
    stop();
    stop();
    emitter.emit('left');
    expect(log).toEqual(['x']);
  });

  it('lets a listener take itself off while it is called', () => {
    const log: string[] = [];
    const emitter = new Emitter<Events>();
    const stop = emitter.on('left', () => {
      stop();
      log.push('once');
    });
    emitter.on('left', () => log.push('always'));
    emitter.emit('left');
    emitter.emit('left');
    expect(log).toEqual(['once', 'always', 'always']);
  });

  it('takes everybody off', () => {
    const log: string[] = [];
    const emitter = new Emitter<Events>();
    emitter.on('left', () => log.push('x'));
    emitter.clear();
    emitter.emit('left');
    expect(log).toEqual([]);
  });
});
