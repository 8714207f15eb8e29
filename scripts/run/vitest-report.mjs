import { relative } from 'node:path';
import { ROOT } from './paths.mjs';
import { reportPath, writeReport } from './reports.mjs';

/**
 * Vitest reporter, named in every vitest config: writes one report of `reports.mjs` to `test-results/<suite>.json`.
 * (Arguments to vitest would change the hash of every build that turbo runs before the tests.)
 */
export default class VoiceBridgeReport {
  #folder = '';
  #startedAt = 0;
  #printedReasons = new Map();

  onInit(vitest) {
    this.#folder = relative(ROOT, vitest.config.root);
    this.#startedAt = Date.now();
  }

  /** Remembers `Skipped: why` lines, for tests that say on the console why they are skipped. */
  onUserConsoleLog(log) {
    const reason = /^Skipped: (.*)$/m.exec(log.content)?.[1];
    if (reason !== undefined) this.#printedReasons.set(log.taskId, reason);
  }

  onTestRunEnd(modules, unhandledErrors) {
    const suite = process.env.VOICE_BRIDGE_SUITE;
    if (suite === undefined) return; // somebody runs a few files by hand
    const errors = [
      ...unhandledErrors.map((error) => `unhandled error: ${error.message}`),
      ...modules.flatMap((module) =>
        module.errors().map((error) => `${relative(ROOT, module.moduleId)}: ${error.message}`),
      ),
    ];
    const tests = modules.flatMap((module) =>
      [...module.children.allTests()].map((test) => describe(module, test, this.#reasonFor(module))),
    );
    writeReport(reportPath(this.#folder, suite), { suite, startedAt: this.#startedAt, errors, tests });
  }

  #reasonFor(module) {
    return this.#printedReasons.get(module.id) ?? this.#printedReasons.get(undefined) ?? '';
  }
}

function describe(module, test, printedReason) {
  const result = test.result();
  return {
    file: relative(ROOT, module.moduleId),
    title: test.fullName,
    state: result.state === 'pending' ? 'failed' : result.state,
    reason: result.state === 'skipped' ? (result.note ?? printedReason) : (result.errors?.[0]?.message ?? ''),
    seconds: (test.diagnostic()?.duration ?? 0) / 1000,
  };
}
