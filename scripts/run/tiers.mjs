/**
 * Which suites each command runs, in order. A phase has a time budget on 2 cores; a suite is one of
 * - `turbo`: a script of that name in every workspace that has one, run by vitest, counted test by test and cached by turbo;
 * - `nodeTest`: files for `node --test`, counted test by test;
 * - `command`: a program, counted as one.
 * `needs` are programs of the machine without which a suite is skipped (with CI=true: failed). `alone` suites run one
 * workspace at a time (and by their configs one file), because they measure sound and time. A failed `stop` suite ends the run.
 */
export const TIERS = {
  test: {
    title: 'npm test',
    needs: ['recogniser', 'recordings', 'chromium'],
    setupBudgetSeconds: 150,
    phases: [
      {
        title: 'build, types, lint',
        budgetSeconds: 90,
        suites: [
          { name: 'build', command: ['turbo', 'run', 'build', 'typecheck', '--output-logs=errors-only'], stop: true },
          { name: 'lint', command: ['biome', 'ci', '.'] },
        ],
      },
      {
        title: 'unit',
        budgetSeconds: 60,
        suites: [
          { name: 'unit', turbo: 'test' },
          { name: 'scripts', nodeTest: ['scripts/**/*.test.mjs'] },
          { name: 'architecture', command: ['node', 'scripts/check-architecture.mjs'] },
        ],
      },
      {
        title: 'integration',
        // Two minutes, and the half one of the fuzz smoke.
        budgetSeconds: 150,
        suites: [{ name: 'integration', turbo: 'test:integration', alone: true }],
      },
      {
        title: 'e2e',
        budgetSeconds: 180,
        suites: [{ name: 'browser', turbo: 'test:browser', alone: true, needs: ['chromium'] }],
      },
    ],
  },
  'test:full': {
    title: 'npm run test:full',
    needs: ['recogniser', 'recordings', 'chromium', 'firefox', 'pulseaudio', 'compiler', 'aiortc', 'turn'],
    setupBudgetSeconds: 300,
    phases: [
      {
        title: 'build',
        budgetSeconds: 90,
        suites: [{ name: 'build', command: ['turbo', 'run', 'build', '--output-logs=errors-only'], stop: true }],
      },
      {
        title: 'documentation',
        budgetSeconds: 180,
        suites: [{ name: 'docs', command: ['turbo', 'run', 'docs', '--output-logs=errors-only'] }],
      },
      {
        title: 'packed tarballs',
        budgetSeconds: 300,
        suites: [{ name: 'packaging', nodeTest: ['scripts/packaging/*.full.mjs'] }],
      },
      {
        title: 'Firefox, every example, faults',
        budgetSeconds: 1800,
        suites: [{ name: 'full', turbo: 'test:full', alone: true, needs: ['chromium'] }],
      },
      {
        title: 'other clients',
        budgetSeconds: 180,
        suites: [{ name: 'clients', turbo: 'test:clients', alone: true }],
      },
      {
        title: 'requirements',
        budgetSeconds: 10,
        suites: [{ name: 'requirements', command: ['node', 'scripts/check-requirements.mjs', '--full'] }],
      },
    ],
  },
  check: {
    title: 'npm run check',
    needs: [],
    setupBudgetSeconds: 150,
    phases: [
      {
        title: 'checks',
        budgetSeconds: 180,
        suites: [
          { name: 'biome', command: ['biome', 'ci', '.'] },
          { name: 'types', command: ['turbo', 'run', 'build', 'typecheck', '--output-logs=errors-only'] },
          { name: 'architecture', command: ['node', 'scripts/check-architecture.mjs'] },
          { name: 'unused code', command: ['knip'] },
          { name: 'packages', command: ['turbo', 'run', 'pack:check', '--output-logs=errors-only', '--concurrency=1'] },
          { name: 'size', command: ['size-limit'] },
          { name: 'licences', command: ['node', 'scripts/check-licences.mjs'] },
          { name: 'public API', command: ['node', 'scripts/check-api.mjs'] },
          { name: 'requirements', command: ['node', 'scripts/check-requirements.mjs'] },
        ],
      },
    ],
  },
};

/** The command that runs one suite on its own, for the failure text. */
export function describeSuite(suite) {
  if (suite.command) return suite.command[0] === 'node' ? suite.command.join(' ') : `npx ${suite.command.join(' ')}`;
  if (suite.nodeTest) return `node --test ${suite.nodeTest.map((glob) => `"${glob}"`).join(' ')}`;
  return `npx turbo run ${suite.turbo}`;
}
