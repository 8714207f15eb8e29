import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { say, secondsSince, ticking } from './console.mjs';
import { listWorkspaces, ROOT, readJson } from './paths.mjs';
import { run } from './processes.mjs';
import {
  clearReports,
  countSuite,
  formatCounts,
  readReports,
  sumCounts,
  summaryPath,
  writeReport,
} from './reports.mjs';
import { prepare, turboArguments } from './setup.mjs';
import { describeSuite, TIERS } from './tiers.mjs';

/** Runs every suite of a tier, prints times against budgets and the reasons of skips, and gives the exit code. */
export async function runTier(name, { refuse, env = process.env }) {
  const tier = TIERS[name];
  rmSync(summaryPath(name), { force: true });
  const startedAt = Date.now();
  const context = { ...(await prepare(tier.needs, { refuse })), ci: isCi(env) };
  const times = [
    { title: 'install and programs', budgetSeconds: tier.setupBudgetSeconds, seconds: secondsSince(startedAt) },
  ];
  const outcomes = [];
  for (const phase of tier.phases) {
    const phaseStartedAt = Date.now();
    for (const suite of phase.suites) outcomes.push(await runSuite(suite, context));
    times.push({ title: phase.title, budgetSeconds: phase.budgetSeconds, seconds: secondsSince(phaseStartedAt) });
    if (outcomes.some((outcome) => outcome.stop && outcome.failed > 0)) break;
  }
  const failures = outcomes.flatMap((outcome) => outcome.failures);
  const total = { ...sumCounts(outcomes), failures, seconds: secondsSince(startedAt) };
  writeReport(summaryPath(name), total);
  printOutcome(tier, outcomes, times, total);
  return total.failed === 0 ? 0 : 1;
}

/**
 * Prints every failure of the given tiers again, as a long log may be read from its end alone, then the one line that sums
 * them, and gives the exit code; a tier without a summary counts as one failure.
 */
export function printSum(names, root = ROOT) {
  const sums = names.map((name) => {
    const path = summaryPath(name, root);
    if (existsSync(path)) return readJson(path);
    say(`${TIERS[name].title}: ended without a result`);
    return { passed: 0, failed: 1, skipped: 0, failures: [] };
  });
  for (const { failures } of sums) for (const failure of failures) say(`failed   ${failure}`);
  const total = sumCounts(sums);
  say(formatCounts(total));
  return total.failed === 0 ? 0 : 1;
}

/** Runs one suite and counts it. */
export async function runSuite(suite, context) {
  const lacking = (suite.needs ?? []).filter((need) => context.missing.has(need));
  if (lacking.length > 0) return skipSuite(suite, lacking, context.ci);
  const startedAt = Date.now();
  say(`\n▸ ${suite.name}`);
  const counts = await ticking(suite.name, () => (suite.command ? runCommand : runReported)(suite, context));
  const cached = counts.cached ? ' (cached: nothing changed since it passed)' : '';
  say(
    `${counts.failed === 0 ? '✓' : '✗'} ${suite.name}: ${formatCounts(counts)}, ${secondsSince(startedAt)} s${cached}`,
  );
  return { ...counts, name: suite.name, stop: suite.stop, command: describeSuite(suite) };
}

async function runCommand(suite, { tools }) {
  const [program, ...args] = suite.command;
  const { code } = await run(...locate(program, args, tools), { env: tools.env });
  const failures = code === 0 ? [] : [`${suite.name} ended with exit code ${code}`];
  return { passed: code === 0 ? 1 : 0, failed: failures.length, skipped: 0, failures, skips: [] };
}

async function runReported(suite, context) {
  const startedAt = Date.now();
  const folders = suite.turbo ? workspacesWith(suite.turbo) : [''];
  clearReports(folders, suite.name);
  const env = { ...context.tools.env, ...colours(), ...freshness(context), VOICE_BRIDGE_SUITE: suite.name };
  const args = suite.turbo ? turboSuite(suite) : nodeSuite(suite);
  const { code } = await run(context.tools.node, args, { env });
  const { reports, absent } = readReports(folders, suite.name);
  const cached = reports.length > 0 && reports.every((report) => report.startedAt < startedAt);
  return { ...countSuite({ reports, absent, exitCode: code, ci: context.ci }), cached };
}

/** A part of every test task's hash: in CI it never repeats, so that no result comes from the cache while builds still may. */
function freshness({ ci }) {
  return ci ? { VOICE_BRIDGE_RUN: String(Date.now()) } : {};
}

function colours() {
  return process.stdout.isTTY ? {} : { NO_COLOR: '1' };
}

function turboSuite(suite) {
  const scheduling = suite.alone
    ? ['--concurrency=1', '--log-order=stream']
    : ['--concurrency=2', '--log-order=grouped'];
  return turboArguments([suite.turbo, '--output-logs=new-only', '--continue=always', ...scheduling]);
}

function nodeSuite(suite) {
  const reporter = join(ROOT, 'scripts', 'run', 'node-report.mjs');
  const reporters = [
    '--test-reporter=dot',
    '--test-reporter-destination=stdout',
    `--test-reporter=${reporter}`,
    '--test-reporter-destination=stdout',
  ];
  return ['--test', ...reporters, ...suite.nodeTest];
}

function workspacesWith(script) {
  return listWorkspaces()
    .filter(({ manifest }) => manifest.scripts?.[script] !== undefined)
    .map(({ folder }) => folder);
}

function locate(program, args, tools) {
  if (program === 'node') return [tools.node, args];
  const manifest = {
    turbo: 'turbo/bin/turbo',
    biome: '@biomejs/biome/bin/biome',
    knip: 'knip/bin/knip.js',
    'size-limit': 'size-limit/bin.js',
  };
  return [tools.node, [join('node_modules', manifest[program]), ...args]];
}

function skipSuite(suite, lacking, ci) {
  const reason = `no ${lacking.join(', no ')}`;
  say(`\n${ci ? '✗' : '∘'} ${suite.name}: skipped: ${reason}`);
  const skip = { file: suite.name, title: 'the whole suite', reason };
  const failures = ci ? [`${suite.name}: skipped, which CI does not allow: ${reason}`] : [];
  return {
    name: suite.name,
    command: describeSuite(suite),
    passed: 0,
    failed: ci ? 1 : 0,
    skipped: ci ? 0 : 1,
    failures,
    skips: ci ? [] : [skip],
  };
}

function printOutcome(tier, outcomes, times, total) {
  say('\n────────');
  for (const { title, seconds, budgetSeconds } of times) {
    const over = seconds > budgetSeconds ? '  over budget' : '';
    say(`${title.padEnd(32)} ${String(seconds).padStart(5)} s of ${budgetSeconds} s${over}`);
  }
  say(`${tier.title.padEnd(32)} ${String(total.seconds).padStart(5)} s`);
  for (const outcome of outcomes) {
    for (const skip of outcome.skips) say(`skipped  ${skip.file}: ${skip.title}: ${skip.reason || 'no reason given'}`);
  }
  for (const outcome of outcomes.filter((each) => each.failed > 0)) {
    for (const failure of outcome.failures) say(`failed   ${failure}`);
    say(`         run it alone:  ${outcome.command}`);
  }
  say(formatCounts(total));
}

function isCi(env) {
  return env.CI !== undefined && !['', '0', 'false'].includes(env.CI);
}
