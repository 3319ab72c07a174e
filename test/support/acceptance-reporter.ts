import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { TestModule, TestRunEndReason, Vitest } from "vitest/node";
import type { Reporter } from "vitest/reporters";
import { acceptancePage, readFacts, type TestTitle, unknownIds } from "./acceptance-report.ts";

/** Writes `docs/acceptance.md` at the end of a run of every test, when all passed. */
export default class AcceptanceReporter implements Reporter {
  #vitest: Vitest | undefined;

  onInit(vitest: Vitest): void {
    this.#vitest = vitest;
  }

  async onTestRunEnd(
    modules: readonly TestModule[],
    errors: readonly unknown[],
    reason: TestRunEndReason,
  ): Promise<void> {
    const vitest = this.#vitest;
    if (vitest === undefined || reason !== "passed" || errors.length > 0) return;
    if (vitest.config.testNamePattern !== undefined || vitest.config.watch) return;
    const all = await vitest.globTestSpecifications();
    if (modules.length !== all.length) return;
    const root = vitest.config.root;
    const tests = modules.flatMap((module) => titlesOf(module, root));
    const groups = readFacts(readFileSync(path.join(root, "test/fixtures/acceptance-facts.md"), "utf8"));
    const unknown = unknownIds(groups, tests);
    if (unknown.length > 0) {
      vitest.logger.error(`acceptance: test titles name facts that do not exist: ${unknown.join(", ")}`);
      process.exitCode = 1;
      return;
    }
    writeFileSync(path.join(root, "docs/acceptance.md"), acceptancePage(groups, tests));
  }
}

function titlesOf(module: TestModule, root: string): TestTitle[] {
  const file = path.relative(root, module.moduleId).split(path.sep).join("/");
  return [...module.children.allTests()].map((test) => ({ file, title: test.fullName }));
}
