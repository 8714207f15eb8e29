import { describe, expect, it } from 'vitest';
import { MAX_PROVEN_SOURCES, SourceTable } from './source-table.ts';

describe('SourceTable', () => {
  it('knows a source by address and port, once it is proven', () => {
    const table = new SourceTable(0);
    expect(table.isProven('192.0.2.1', 5_000)).toBe(false);
    expect(table.prove('192.0.2.1', 5_000, 0)).toEqual({ proven: true, gone: undefined });
    expect(table.isProven('192.0.2.1', 5_000)).toBe(true);
    expect(table.isProven('192.0.2.1', 5_001)).toBe(false);
    expect(table.isProven('192.0.2.2', 5_000)).toBe(false);
  });

  it('knows who spoke last, by a proof or as a proven one', () => {
    const table = new SourceTable(0);
    expect(table.speaker).toBeUndefined();
    table.prove('192.0.2.1', 1, 0);
    table.prove('192.0.2.1', 2, 0);
    expect(table.speaker).toEqual(['192.0.2.1', 2]);
    table.isProven('192.0.2.1', 1);
    table.isProven('192.0.2.1', 3);
    expect(table.speaker).toEqual(['192.0.2.1', 1]);
  });

  it('keeps the sources that proved themselves last', () => {
    const table = new SourceTable(0);
    for (let port = 1; port <= MAX_PROVEN_SOURCES; port++) table.prove('192.0.2.1', port, 0);
    table.prove('192.0.2.1', 1, 0);
    expect(table.isProven('192.0.2.1', 2)).toBe(true);
    expect(table.prove('192.0.2.1', 999, 1_000).gone).toEqual(['192.0.2.1', 2]);
    expect(table.isProven('192.0.2.1', 2)).toBe(false);
    expect(table.isProven('192.0.2.1', 1)).toBe(true);
    expect(table.size).toBe(MAX_PROVEN_SOURCES);
  });

  it('lets nobody drive out who answered us with a copied check from many addresses', () => {
    const table = new SourceTable(0);
    table.prove('192.0.2.1', 5_000, 0);
    table.creditOf('192.0.2.1', 5_000)?.open();
    for (let n = 0; n < 200; n++) table.prove('198.51.100.7', n + 1, n * 500);
    expect(table.size).toBe(MAX_PROVEN_SOURCES);
    expect(table.isProven('192.0.2.1', 5_000)).toBe(true);
    expect(table.isProven('198.51.100.7', 200)).toBe(true);
  });

  it('lets a new source in when all have answered, in the place of the most silent one', () => {
    const table = new SourceTable(0);
    for (let port = 1; port <= MAX_PROVEN_SOURCES; port++) {
      table.prove('192.0.2.1', port, 0);
      table.creditOf('192.0.2.1', port)?.open();
    }
    expect(table.prove('192.0.2.1', 999, 1_000)).toEqual({ proven: true, gone: ['192.0.2.1', 1] });
  });

  it('lets few new sources in at a time, whoever knows the password', () => {
    const table = new SourceTable(0);
    const proven = Array.from({ length: 1_000 }, (_, port) => table.prove('192.0.2.1', port + 1, 0).proven);
    expect(proven.filter(Boolean)).toHaveLength(MAX_PROVEN_SOURCES);
    expect(table.prove('192.0.2.1', 2_000, 500).proven).toBe(true);
    expect(table.prove('192.0.2.1', 2_001, 500).proven).toBe(false);
  });

  it('looks into few messages of one unproven source, and of all together', () => {
    const table = new SourceTable(0);
    const tries = (count: number, port: () => number) =>
      Array.from({ length: count }, () => table.mayTry('192.0.2.1', port(), 0)).filter(Boolean).length;
    expect(tries(1_000, () => 1)).toBe(40);
    let next = 2;
    expect(tries(10_000, () => next++)).toBe(360);
    expect(table.mayTry('192.0.2.1', 1, 1_000)).toBe(true);
  });

  it('has another rate for proven sources, whose address others may write on their messages', () => {
    const table = new SourceTable(0);
    table.prove('192.0.2.1', 1, 0);
    for (let port = 2; port < 2_000; port++) table.mayTry('192.0.2.1', port, 0);
    const tries = Array.from({ length: 2_000 }, () => table.mayTry('192.0.2.1', 1, 0)).filter(Boolean);
    expect(tries).toHaveLength(500);
  });
});
