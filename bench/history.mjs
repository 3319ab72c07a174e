// The history with a million requests: `npm run bench:history [-- --rounds N] [-- --requests N] [-- --check]`. Two files
// are filled, one with requests of 90 days, one with as many of 7 days. The program is spawned for `why` and `stats`; one
// process appends, as a run does. Medians are printed.
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import Database from "libsql";
import { build } from "rolldown";
import { median } from "./support/statistics.mjs";

const rounds = option("--rounds", 7);
const requests = option("--requests", 1_000_000);
const TARGET_MS = 1000;
const APPEND_TARGET_MS = 5;
const DAY_MS = 86_400_000;
const root = path.join(import.meta.dirname, "..");
const program = path.join(root, "bin", "nexus.js");
// Inside the project, so that the driver is found.
const work = mkdtempSync(path.join(root, "dist", "bench-"));
const home = mkdtempSync(path.join(tmpdir(), "nexus-bench-"));

/** Appends one by one, then as many runs of one record each: opened, appended, closed. */
const APPEND = `
import { openLedger } from ${JSON.stringify(path.join(root, "src/ledger/open.ts"))};
const fail = (text) => { throw new Error(text); };
const usage = { input: 345, cacheRead: 0, cacheWrite: 0, output: 120, reasoning: 0, estimated: false };
const attempt = (member, more) => ({ member, backend: member, model: member + "-model", waitMs: 0, durationMs: 900, skipped: false, chain: member + ": x", ...more });
const record = (n) => ({
  at: Date.now(), door: "chat", target: { kind: "profile", name: "lb" },
  outcome: {
    requestId: "req_" + Math.random().toString(16).slice(2).padEnd(12, "0") + n, profile: "lb", backend: "b", actualModel: "b-model",
    fallbackUsed: true, degraded: true, chainLog: ["a: failed (503 Service Unavailable)", "b: success"], durationMs: 1200, usage,
    attempts: [attempt("a", { outcome: "overloaded", status: 503, message: "Service Unavailable" }), attempt("b", { outcome: "success", usage, firstContentMs: 200 })],
  },
});
const timed = async (work) => { const began = performance.now(); await work(); return performance.now() - began; };
const ledger = openLedger(process.argv[2], fail);
await ledger.append(record(0));
const append = [], run = [];
for (let n = 0; n < 500; n++) append.push(await timed(() => ledger.append(record(n))));
await ledger.close();
for (let n = 0; n < 50; n++) run.push(await timed(async () => {
  const once = openLedger(process.argv[2], fail);
  await once.append(record(n));
  await once.close();
}));
console.log(JSON.stringify({ append, run }));
`;

try {
  await bundleAppend();
  const over = [];
  const empty = await prepare("empty", undefined);
  reportAppend("an empty history", empty, over);
  for (const days of [90, 7]) {
    const environment = await prepare(`${days}-days`, days);
    const size = statSync(path.join(environment.NEXUS_STATE_DIR, "history.db")).size / 2 ** 20;
    process.stdout.write(`\n${requests} requests within ${days} days, ${size.toFixed(0)} MiB\n`);
    await reportCommands(environment, over);
    reportAppend("appending to it", environment, over);
    rmSync(environment.NEXUS_STATE_DIR, { recursive: true });
  }
  if (process.argv.includes("--check") && over.length > 0) {
    process.stderr.write(`over the target: ${over.join(", ")}\n`);
    process.exitCode = 1;
  }
} finally {
  rmSync(work, { recursive: true, force: true });
  rmSync(home, { recursive: true, force: true });
}

/** A state directory whose history the program itself has begun, filled when `days` says so. */
async function prepare(name, days) {
  const config = path.join(home, "config");
  const state = path.join(home, name);
  const environment = {
    ...Object.fromEntries(Object.entries(process.env).filter(([key]) => !/^NEXUS_|_API_KEY$/.test(key))),
    NEXUS_CONFIG_DIR: config,
    NEXUS_STATE_DIR: state,
    NEXUS_NO_DETECT: "1",
  };
  const backend = createServer((request, response) => {
    request.resume();
    const message = { role: "assistant", content: "ok" };
    response.end(JSON.stringify({ choices: [{ index: 0, finish_reason: "stop", message }] }));
  });
  await new Promise((resolve) => backend.listen(0, "127.0.0.1", resolve));
  mkdirSync(path.join(config, "profiles"), { recursive: true });
  const url = `http://127.0.0.1:${backend.address().port}`;
  writeFileSync(
    path.join(config, "config.json"),
    JSON.stringify({ backends: { box: { type: "generic", url, models: ["m"] } } }),
  );
  const profile = { version: 1, type: "model", backend: "box", model: "m", params: {} };
  writeFileSync(path.join(config, "profiles", "box.json"), JSON.stringify(profile));
  const code = await new Promise((resolve) => {
    const args = [program, "chat", "-n", "-q", "--no-stream", "-p", "box", "hello"];
    spawn(process.execPath, args, { env: environment, stdio: ["ignore", "ignore", "inherit"] }).on(
      "close",
      resolve,
    );
  });
  backend.close();
  if (code !== 0) throw new Error(`nexus chat ended with ${code}`);
  if (days !== undefined) fill(path.join(state, "history.db"), days);
  return environment;
}

/** Every third request has an attempt that failed before the one that answered; every fiftieth is not answered at all. */
function fill(file, days) {
  const began = performance.now();
  const database = new Database(file);
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; PRAGMA cache_size = -200000");
  const step = (days * DAY_MS - 3_600_000) / requests;
  const start = Date.now() - requests * step;
  const BATCH = 50_000;
  const numbers = (from) =>
    `WITH RECURSIVE n(i) AS (SELECT ${from} UNION ALL SELECT i + 1 FROM n WHERE i < ${Math.min(from + BATCH, requests + 2) - 1})`;
  // The program itself has made the first.
  for (let from = 2; from <= requests + 1; from += BATCH) {
    database.exec(`BEGIN;
      INSERT INTO requests (id, request_id, at, door, profile, primary_model, primary_member, answering_member, backend,
        backend_type, actual_model, fallback_used, degraded, finish_reason, duration_ms, input, cache_read, cache_write,
        output, reasoning, estimated, cost_usd, chain_log, error_name, error_code, error_message, retryable)
      ${numbers(from)} SELECT i, 'req_' || lower(hex(randomblob(12))), CAST(${start} + i * ${step} AS INTEGER), 'chat',
        'lb' || i % 3, 'gpt-4o-mini', 'fast', 'local' || i % 7, 'backend' || i % 4, 'local', 'model' || i % 7, i % 3 = 0,
        i % 3 = 0, 'stop', 1200, 345, 0, 0, 120, 0, 0, 0.0012,
        CASE i % 3 WHEN 0 THEN '["fast: failed (503 Service Unavailable)","local: success"]' ELSE '["local: success"]' END,
        CASE i % 50 WHEN 0 THEN 'LoadBalancerFailoverError' END, CASE i % 50 WHEN 0 THEN 'timeout' END,
        CASE i % 50 WHEN 0 THEN 'All models in chain failed: local: no content within 120 s' END, CASE i % 50 WHEN 0 THEN 1 END
        FROM n;
      INSERT INTO attempts (request, number, member, backend, model, outcome, status, message, code, wait_ms, duration_ms, chain)
      ${numbers(from)} SELECT i, 0, 'fast', 'openai', 'gpt-4o-mini', 'overloaded', 503, 'Service Unavailable', NULL, 0, 12,
        'fast: failed (503 Service Unavailable)' FROM n WHERE i % 3 = 0;
      INSERT INTO attempts (request, number, member, backend, model, outcome, wait_ms, first_content_ms, duration_ms, input,
        cache_read, cache_write, output, reasoning, estimated, cost_usd, chain)
      ${numbers(from)} SELECT i, 1, 'local' || i % 7, 'backend' || i % 4, 'model' || i % 7,
        CASE i % 50 WHEN 0 THEN 'timeout' ELSE 'success' END, 0, 200 + i % 100, 1000 + i % 500, 345, 0, 0, 120, 0, 0, 0.0012,
        'local: success' FROM n;
      COMMIT`);
  }
  // The program keeps the sums with what it writes; the first request has its own already.
  database.exec(`INSERT INTO tallies
    SELECT slot, profile, member, backend, model, sum(answered), sum(attempts), sum(failures), sum(aborted), sum(skips),
      sum(metered), sum(input_tokens), sum(output_tokens), sum(estimated), sum(priced), sum(cost_usd), sum(first_contents),
      sum(first_content_ms), sum(duration_ms), max(last_request)
    FROM measured WHERE request > 1 GROUP BY slot, profile, member, backend, model`);
  database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  database.close();
  process.stdout.write(`\nfilled in ${((performance.now() - began) / 1000).toFixed(0)} s\n`);
}

async function reportCommands(environment, over) {
  const commands = [
    ["why", "last"],
    ["why", requestIdIn(environment)],
    ...["member", "model", "backend", "day"].map((by) => ["stats", "--since", "7d", "--by", by]),
    ["stats", "--json"],
  ];
  for (const command of commands) {
    const seen = Array.from({ length: rounds }, () => {
      const began = performance.now();
      const ended = spawnSync(process.execPath, [program, ...command], {
        env: environment,
        encoding: "utf8",
      });
      if (ended.status !== 0 || !/requests|success/.test(ended.stdout))
        throw new Error(`${command}: ${ended.stderr}`);
      return performance.now() - began;
    });
    report(`nexus ${command.join(" ")}`, median(seen), TARGET_MS, over);
  }
}

/** The id of a request that was made long ago, as a user has it from a log. */
function requestIdIn({ NEXUS_STATE_DIR: state }) {
  const database = new Database(path.join(state, "history.db"));
  const { request_id: id } = database.prepare("SELECT request_id FROM requests WHERE id = 1001").get();
  database.close();
  return id;
}

async function bundleAppend() {
  writeFileSync(path.join(work, "append.mjs"), APPEND);
  await build({
    input: path.join(work, "append.mjs"),
    platform: "node",
    external: ["libsql"],
    logLevel: "warn",
    output: { dir: path.join(work, "built"), format: "esm", entryFileNames: "append.mjs" },
  });
}

function reportAppend(title, environment, over) {
  const script = path.join(work, "built", "append.mjs");
  const args = [script, environment.NEXUS_STATE_DIR];
  const { append, run } = JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8" }));
  report(`${title}: one record`, median(append), APPEND_TARGET_MS, over);
  report(`${title}: open, record, close`, median(run), undefined, over);
}

function report(name, ms, target, over) {
  const limit = target === undefined ? "" : `   target ${target} ms`;
  process.stdout.write(`${name.padEnd(44)}${ms.toFixed(ms < 10 ? 2 : 0).padStart(8)} ms${limit}\n`);
  if (target !== undefined && ms > target) over.push(name);
}

function option(name, otherwise) {
  const at = process.argv.indexOf(name);
  return at === -1 ? otherwise : Number(process.argv[at + 1]);
}
