import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';

/** One measured figure with what was wanted of it. */
export interface Figure {
  readonly name: string;
  readonly unit: string;
  readonly values: readonly number[];
  /** What the issue asks, in words. */
  readonly required: string;
  /** Whether the values keep to it; undefined for a figure of which nothing is required. */
  readonly kept: boolean | undefined;
}

/** Load of the machine when this file was read: before anything was measured. */
const loadBefore = loadavg()[0] ?? Number.NaN;

/** The `share`-quantile (0 to 1) of some values; `NaN` for none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

/** How a report is written, and what it may hold beside its figures. */
export interface ReportDetails {
  /** What was typed; default `npm run bench:<name>`. */
  readonly command?: string;
  /** Whether the files are written; default true. The table is printed either way. */
  readonly write?: boolean;
  /** Markdown between the head and the figures. */
  readonly text?: string;
  /** More for the JSON file. */
  readonly data?: Readonly<Record<string, unknown>>;
}

/** Writes `results/<name>.json` and `.md` with machine, date and command, prints the table, and says whether all was kept. */
export function writeReport(name: string, figures: readonly Figure[], details: ReportDetails = {}): boolean {
  const folder = new URL('../results/', import.meta.url);
  mkdirSync(folder, { recursive: true });
  const facts = {
    date: new Date().toISOString().slice(0, 10),
    command: details.command ?? `npm run bench:${name}`,
    commit: execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim(),
    machine: `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.version}, ${process.platform}`,
    loadBefore: loadBefore.toFixed(2),
  };
  const rows = figures.map((each) => {
    const [p50, p95, max] = [quantile(each.values, 0.5), quantile(each.values, 0.95), Math.max(...each.values)];
    return `| ${each.name} | ${format(p50)} | ${format(p95)} | ${format(max)} | ${each.unit} | ${each.values.length} | ${each.required} | ${verdict(each.kept)} |`;
  });
  const text = [
    `# ${name}`,
    '',
    `${facts.date}, \`${facts.command}\`, commit ${facts.commit}, ${facts.machine}, load before ${facts.loadBefore}.`,
    '',
    ...(details.text === undefined ? [] : [details.text]),
    '| figure | p50 | p95 | max | unit | n | required | kept |',
    '|---|---|---|---|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
  if (details.write !== false) {
    const json = JSON.stringify({ ...facts, ...details.data, figures }, null, 2);
    writeFileSync(new URL(`${name}.md`, folder), text);
    writeFileSync(new URL(`${name}.json`, folder), `${json}\n`);
  }
  console.log(text);
  return figures.every((each) => each.kept !== false);
}

function verdict(kept: boolean | undefined): string {
  if (kept === undefined) return 'not required';
  return kept ? 'yes' : '**no**';
}

function format(value: number): string {
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toFixed(2);
}
