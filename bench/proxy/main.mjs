// `nexus serve` under load, beside other proxies: `npm run bench [-- SCENARIO…] [--quick] [--rounds N] [--check] [--json FILE]
// [--write]`. Peers are loaded in turn, round after round; ratios are what counts. `--write` puts the tables into
// docs/performance.md, `--check` makes a floor that does not hold an error.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { stopAll } from "./children.mjs";
import { describeMachine, lookAtMachine } from "./machine.mjs";
import { readOptions } from "./options.mjs";
import { writePage } from "./page.mjs";
import { describeResult, holdsFloors } from "./report.mjs";
import { SCENARIOS } from "./scenarios.mjs";
import { startUpstream } from "./upstream.mjs";

let work;

async function main() {
  const names = SCENARIOS.map(({ name }) => name);
  const options = readOptions(process.argv.slice(2), names);
  const machine = lookAtMachine();
  work = mkdtempSync(path.join(tmpdir(), "nexus-bench-"));
  const place = describeMachine(machine);
  process.stdout.write(`${place}\n`);
  const stage = { work, machine, pace: options.pace, note, progress };
  stage.upstreams = await startUpstream(stage);
  const results = [];
  for (const scenario of SCENARIOS.filter(({ name }) => options.names.includes(name))) {
    process.stdout.write(`\n## ${scenario.title}\n\n`);
    const result = { name: scenario.name, title: scenario.title, ...(await scenario.run(stage)) };
    progress("");
    process.stdout.write(describeResult(result));
    results.push(result);
    if (options.write) writePage(result, { place, command: options.command });
  }
  if (options.json !== undefined)
    writeFileSync(options.json, `${JSON.stringify({ place, results }, null, 2)}\n`);
  if (options.check && !results.every(holdsFloors)) process.exitCode = 1;
}

function note(text) {
  progress("");
  process.stderr.write(`${text}\n`);
}

/** The last of these stands on a terminal's line; elsewhere nothing is said. */
function progress(text) {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}`);
}

async function clean() {
  await stopAll();
  if (work !== undefined) rmSync(work, { recursive: true, force: true });
}

for (const signal of ["SIGINT", "SIGTERM"]) {
  process.once(signal, async () => {
    await clean();
    process.exit(1);
  });
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
} finally {
  await clean();
}
