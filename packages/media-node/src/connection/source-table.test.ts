import { describe, expect, it } from 'vitest';
import { MAX_PROVEN_SOURCES, SourceTable } from './source-table.ts';

const knows = (table: SourceTable, host: string, port: number) => table.find(host, port) !== undefined;

describe('SourceTable', () => {
  it('knows a source by address and port, once it is proven', () => {
    const table = new SourceTable(0);
    expect(knows(table, '192.0.2.1', 5_000)).toBe(false);
    expect(table.prove('192.0.2.1', 5_000, 0)).toMatchObject({ source: { host: '192.0.2.1' }, gone: undefined });
    expect(knows(table, '192.0.2.1', 5_000)).toBe(true);
    expect(knows(table, '192.0.2.1', 5_001)).toBe(false);
    expect(knows(table, '192.0.2.2', 5_000)).toBe(false);
  });

  it('keeps the sources that proved themselves last', () => {
    const table = new SourceTable(0);
    for (let port = 1; port <= MAX_PROVEN_SOURCES; port++) table.prove('192.0.2.1', port, 0);
    table.prove('192.0.2.1', 1, 0);
    expect(knows(table, '192.0.2.1', 2)).toBe(true);
    expect(table.prove('192.0.2.1', 999, 1_000).gone).toEqual(['192.0.2.1', 2]);
    expect(knows(table, '192.0.2.1', 2)).toBe(false);
    expect(knows(table, '192.0.2.1', 1)).toBe(true);
    expect(table.size).toBe(MAX_PROVEN_SOURCES);
  });

  it('lets nobody drive out who answered us with a copied check from many addresses', () => {
    const table = new SourceTable(0);
    table.prove('192.0.2.1', 5_000, 0);
    table.find('192.0.2.1', 5_000)?.credit.open();
    for (let n = 0; n < 200; n++) table.prove('198.51.100.7', n + 1, n * 500);
    expect(table.size).toBe(MAX_PROVEN_SOURCES);
    expect(knows(table, '192.0.2.1', 5_000)).toBe(true);
    expect(knows(table, '198.51.100.7', 200)).toBe(true);
  });

  it('lets a new source in when all have answered, in the place of the most silent one', () => {
    const table = new SourceTable(0);
    for (let port = 1; port <= MAX_PROVEN_SOURCES; port++) {
      table.prove('192.0.2.1', port, 0);
      table.find('192.0.2.1', port)?.credit.open();
    }
    expect(table.prove('192.0.2.1', 999, 1_000).gone).toEqual(['192.0.2.1', 1]);
    expect(knows(table, '192.0.2.1', 999)).toBe(true);
  });

  it('lets few new sources in at a time, whoever knows the password', () => {
    const table = new SourceTable(0);
    const proven = Array.from({ length: 1_000 }, (_, port) => table.prove('192.0.2.1', port + 1, 0).source);
    expect(proven.filter(Boolean)).toHaveLength(MAX_PROVEN_SOURCES);
    expect(table.prove('192.0.2.1', 2_000, 500).source).toBeDefined();
    expect(table.prove('192.0.2.1', 2_001, 500)).toEqual({ source: undefined, gone: undefined });
  });

  it('looks into few messages of one unproven source, and of all together', () => {
    const table = new SourceTable(0);
    const tries = (count: number, port: () => number) =>
      Array.from({ length: count }, () => table.mayCheck('192.0.2.1', port(), 0)).filter(Boolean).length;
    expect(tries(1_000, () => 1)).toBe(40);
    let next = 2;
    expect(tries(10_000, () => next++)).toBe(360);
    expect(table.mayCheck('192.0.2.1', 1, 1_000)).toBe(true);
  });

  const checks = (table: SourceTable, host: string, port: number) =>
    Array.from({ length: 2_000 }, () => table.mayCheck(host, port, 0)).filter(Boolean).length;

  it('has another rate for who answered us, whose address others may write on their messages', () => {
    const table = new SourceTable(0);
    table.prove('192.0.2.1', 1, 0);
    table.find('192.0.2.1', 1)?.credit.open();
    for (let port = 2; port < 2_000; port++) table.mayCheck('192.0.2.1', port, 0);
    expect(checks(table, '192.0.2.1', 1)).toBe(500);
  });

  it('lets who sends copied checks from many addresses take nothing from who answered us', () => {
    const table = new SourceTable(0);
    table.prove('192.0.2.1', 1, 0);
    table.find('192.0.2.1', 1)?.credit.open();
    for (let port = 1; port <= 20; port++) table.prove('198.51.100.7', port, 0);
    const ofCopies = Array.from({ length: 20 }, (_, port) => checks(table, '198.51.100.7', port + 1));
    expect(ofCopies.reduce((sum, each) => sum + each, 0)).toBe(500);
    expect(checks(table, '192.0.2.1', 1)).toBe(500);
  });

  it('looks into answers whatever checks were sent, under any address', () => {
    const table = new SourceTable(0);
    table.prove('192.0.2.1', 1, 0);
    checks(table, '192.0.2.1', 1);
    expect(table.mayAnswer(0)).toBe(true);
  });
});
