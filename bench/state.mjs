// What shared facts cost a short run: `npm run bench:state [-- --rounds N] [-- --check]`. Every round is a process of its
// own on one file that has seen 500 models: it loads the driver, opens the store, reads the facts of a model and its key
// and a turn, books a turn and a failure, and closes. Medians are printed.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { build } from "rolldown";
import { median } from "./support/statistics.mjs";

const rounds = Number(process.argv[process.argv.indexOf("--rounds") + 1]) || 25;
const TARGET_MS = 5;
const root = path.join(import.meta.dirname, "..");
// Inside the project, so that the driver is found.
const work = mkdtempSync(path.join(root, "dist", "bench-"));
const state = mkdtempSync(path.join(tmpdir(), "nexus-bench-"));

const ROUND = `
import { openState } from ${JSON.stringify(path.join(root, "src/state/open.ts"))};
const fail = (text) => { throw new Error(text); };
const began = performance.now();
await import(process.argv[3]);
const shipped = performance.now();
await import("libsql");
const loaded = performance.now();
const store = openState(process.argv[2], fail);
await store.read(['facts:["backend","model7"]', 'key:["backend","abc"]', "turn:lb"]);
const read = performance.now();
await store.update("turn:lb", (turn) => (turn ?? 0) + 1);
await store.update('facts:["backend","model7"]', (_, now) => ({ failures: [now], closedAt: 0, permits: [], coolUntil: 0 }));
const booked = performance.now();
await store.close();
const closed = performance.now();
for (let n = 0; n < Number(process.argv[4] ?? 0); n++) {
  const more = openState(process.argv[2], fail);
  await more.update('facts:["backend","model' + n + '"]', (_, now) => ({ failures: [now], closedAt: 0, permits: [], coolUntil: 0 }));
  await more.close();
}
console.log(JSON.stringify({ load: shipped - began, open: read - loaded, book: booked - read, close: closed - booked }));
`;

const chunks = path.join(root, "dist", "chunks");
const driver = path.join(chunks, readdirSync(chunks).find((name) => name.startsWith("libsql-")) ?? "");

try {
  writeFileSync(path.join(work, "round.mjs"), ROUND);
  await build({
    input: path.join(work, "round.mjs"),
    platform: "node",
    external: ["libsql"],
    logLevel: "warn",
    output: { dir: path.join(work, "built"), format: "esm", entryFileNames: "round.mjs" },
  });
  const round = (...more) =>
    JSON.parse(
      execFileSync(process.execPath, [path.join(work, "built", "round.mjs"), state, driver, ...more], {
        encoding: "utf8",
      }),
    );
  round("500");
  const seen = Array.from({ length: rounds }, () => round());
  const middle = (of) => median(seen.map(of));
  const whole = middle(({ open, book, close }) => open + book + close);
  process.stdout.write(`medians of ${rounds} processes, Node ${process.versions.node}\n`);
  for (const [name, value] of [
    ["load the driver, as shipped", middle(({ load }) => load)],
    ["open and read", middle(({ open }) => open)],
    ["book twice", middle(({ book }) => book)],
    ["close", middle(({ close }) => close)],
    ["open, read, book, close", whole],
  ]) {
    process.stdout.write(`${name.padEnd(30)}${value.toFixed(2).padStart(8)} ms\n`);
  }
  process.stdout.write(`${"target".padEnd(30)}${TARGET_MS.toFixed(2).padStart(8)} ms\n`);
  if (process.argv.includes("--check") && whole > TARGET_MS) process.exitCode = 1;
} finally {
  rmSync(work, { recursive: true, force: true });
  rmSync(state, { recursive: true, force: true });
}
