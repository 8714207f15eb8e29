import { describe, expect, it } from 'vitest';
import { catchAsync } from './catch-async.ts';

class Library {
  readonly seen: unknown[] = [];
  async handle(value: number): Promise<number> {
    this.seen.push(value);
    if (value < 0) throw new Error('negative');
    return value * 2;
  }
  now(): never {
    throw new Error('at once');
  }
}

describe('catchAsync', () => {
  it('passes arguments and results and keeps the object', async () => {
    const library = new Library();
    catchAsync(library, 'handle', () => {});
    expect(await library.handle(4)).toBe(8);
    expect(library.seen).toEqual([4]);
  });

  it('hands rejections and throws to its listener instead of the process', async () => {
    const library = new Library();
    const errors: unknown[] = [];
    for (const method of ['handle', 'now']) catchAsync(library, method, (error) => errors.push(error));
    await library.handle(-1);
    await library.now();
    expect(errors).toEqual([new Error('negative'), new Error('at once')]);
  });

  it('does not call with what is refused', async () => {
    const library = new Library();
    const errors: unknown[] = [];
    catchAsync(
      library,
      'handle',
      (error) => errors.push(error),
      (value) => value === 4,
    );
    expect([await library.handle(3), await library.handle(4)]).toEqual([undefined, 8]);
    expect([library.seen, errors.length]).toEqual([[4], 1]);
  });

  it('says so when the library has no such method any more', () => {
    expect(() => catchAsync(new Library(), 'gone', () => {})).toThrow(TypeError);
  });
});
