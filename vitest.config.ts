import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

/** Rooms of pure functions: nothing there is hard to reach from a test. Only the coverage run enforces this. */
const PURE_ROOMS = ["core", "dialects", "routing", "resilience", "backends"];

/** Where `.ci/run` wants the results as JSON. */
const report = process.env["NEXUS_TEST_REPORT"];

export default defineConfig({
  test: {
    reporters: [
      "default",
      "./test/support/acceptance-reporter.ts",
      ...(report === undefined ? [] : [["json", { outputFile: report }] satisfies [string, object]]),
    ],
    // Nothing of the person who runs the tests may reach them.
    env: { NEXUS_NO_DETECT: "1" },
    // Most tests wait for a program or a socket: on two cores one worker, as is the default there, leaves both idle.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: ["test/**/*.e2e.test.ts"],
          testTimeout: 10_000,
        },
      },
      {
        extends: true,
        test: {
          name: "e2e",
          include: ["test/**/*.e2e.test.ts"],
          testTimeout: 30_000,
          hookTimeout: 30_000,
          // They drive real programs, terminals and sockets beside each other: one that a busy machine tripped gets up once, and is told.
          retry: process.env["CI"] === undefined ? 0 : 1,
        },
      },
    ],
    coverage: {
      provider: "v8",
      include: PURE_ROOMS.map((room) => `src/${room}/**/*.ts`),
      reporter: ["text-summary", "html"],
      thresholds: { lines: 98, functions: 98, statements: 98, branches: 95 },
    },
  },
});
