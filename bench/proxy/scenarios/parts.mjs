import { mkdtempSync, rmSync } from "node:fs";
import path from "node:path";
import { build } from "rolldown";
import { run } from "../children.mjs";

const root = path.join(import.meta.dirname, "../../..");

/** What is too small to be seen from outside. */
export const parts = {
  name: "parts",
  title: "Parts by themselves, in one process",
  async run({ machine }) {
    const figures = await measure(machine);
    const checks = [
      { what: "tokens of a 2 KB prompt counted, ms", value: figures.countMs, floor: 2, goal: 1 },
      { what: "headers of an answer made, ms", value: figures.headersMs, floor: 0.1 },
      { what: "a model found among 1000 backends x 10 models, ms", value: figures.lookUpMs, floor: 1 },
      { what: "a plan made among them, ms", value: figures.planMs, floor: 1 },
      { what: "KB for each of these backends", value: figures.bytesEach / 1000, floor: 10 },
    ];
    return { columns: [], rows: [], checks };
  },
};

async function measure(machine) {
  // Inside the project, so that packages are found.
  const work = mkdtempSync(path.join(root, "dist", "bench-"));
  try {
    await build({
      input: path.join(import.meta.dirname, "../programs/parts.mjs"),
      platform: "node",
      logLevel: "warn",
      resolve: { mainFields: ["module", "main"] },
      output: { dir: work, format: "esm", entryFileNames: "parts.mjs" },
    });
    const command = [process.execPath, "--expose-gc", path.join(work, "parts.mjs")];
    return JSON.parse(await run(machine.onProxyCore(command)));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
