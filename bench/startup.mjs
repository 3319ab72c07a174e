// Start-up times: `npm run bench:startup [-- --check] [-- --rounds N]`. Rounds are interleaved (A B C A B C …) so that a
// busy machine slows all alike; medians are printed, with the ratio to an empty Node process.
import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { median } from "./support/statistics.mjs";

const program = path.join(import.meta.dirname, "..", "bin", "nexus.js");
const rounds = Number(process.argv[process.argv.indexOf("--rounds") + 1]) || 15;
const home = mkdtempSync(path.join(tmpdir(), "nexus-startup-"));

/** Called with the moment of the first request of the run in progress. */
let heardRequest = () => {};
const backend = createServer((request, response) => {
  heardRequest(performance.now());
  request.resume();
  response.end(JSON.stringify(ANSWER));
});
await new Promise((resolve) => backend.listen(0, "127.0.0.1", resolve));
const ANSWER = {
  id: "1",
  object: "chat.completion",
  model: "m",
  choices: [{ index: 0, finish_reason: "stop", message: { role: "assistant", content: "ok" } }],
};
writeConfiguration(`http://127.0.0.1:${backend.address().port}`);

// The environment as it is, for both sides of the comparison, but for what would make nexus do something else.
const environment = {
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^NEXUS_|_API_KEY$/.test(name))),
  NEXUS_CONFIG_DIR: home,
  NEXUS_STATE_DIR: home,
  NEXUS_NO_DETECT: "1",
};

const CASES = [
  { name: "node -e 0", args: ["-e", "0"], target: undefined },
  { name: "nexus --version", args: [program, "--version"], target: 1.5 },
  { name: "nexus --help", args: [program, "--help"], target: 1.5 },
  { name: "nexus no-such-command", args: [program, "no-such-command"], target: 1.5, exit: 2 },
  { name: "nexus profile list", args: [program, "profile", "list"], target: 2 },
  ...["profile", "backend", "model"].map((kind) => ({
    name: `completion: ${kind} names`,
    args: [program, "__names", kind],
    // Somebody waits at each key.
    within: 50,
  })),
  {
    name: "nexus chat, to its request",
    args: [program, "chat", "-n", "--no-stream", "-p", "p0", "hello"],
    target: 2.5,
    untilRequest: true,
  },
  ...(spawnSync("script", ["--version"]).status === 0
    ? [{ name: "nexus chat, to its prompt", args: [program, "chat", "-p", "p0"], target: 3, prompt: "> " }]
    : []),
];

try {
  const times = new Map(CASES.map(({ name }) => [name, []]));
  for (const one of CASES) await time(one);
  for (let round = 0; round < rounds; round++) {
    for (const one of CASES) times.get(one.name).push(await time(one));
  }
  const over = report(times);
  if (process.argv.includes("--check") && over.length > 0) {
    process.stderr.write(`over the target: ${over.join(", ")}\n`);
    process.exitCode = 1;
  }
} finally {
  backend.close();
  rmSync(home, { recursive: true, force: true });
}

/** Milliseconds from spawn to exit, or to the first request. Throws when the run did not do its work. */
function time({ name, args, exit = 0, untilRequest = false, prompt }) {
  if (prompt !== undefined) return timeToPrompt(name, args, prompt);
  return new Promise((resolve, reject) => {
    let heard;
    heardRequest = (at) => {
      heard ??= at;
    };
    const began = performance.now();
    const child = spawn(process.execPath, args, {
      stdio: ["ignore", "ignore", "pipe"],
      env: environment,
    });
    let said = "";
    child.stderr.on("data", (bytes) => {
      said += bytes;
    });
    child.on("error", reject);
    child.on("close", (code) => {
      const ended = untilRequest ? heard : performance.now();
      if (code !== exit || ended === undefined) reject(new Error(`${name}: exit code ${code}\n${said}`));
      else resolve(ended - began);
    });
  });
}

/** Milliseconds until a text stands on a terminal, which costs what `script` takes to make one. */
function timeToPrompt(name, args, prompt) {
  return new Promise((resolve, reject) => {
    const command = [process.execPath, ...args].map((arg) => `'${arg}'`).join(" ");
    const began = performance.now();
    const child = spawn("script", ["-qec", command, "/dev/null"], {
      stdio: ["pipe", "pipe", "ignore"],
      env: { ...environment, TERM: "xterm" },
    });
    let shown = "";
    let seen;
    child.stdout.on("data", (bytes) => {
      shown += bytes;
      if (seen !== undefined || !shown.includes(prompt)) return;
      seen = performance.now();
      // Ctrl-D leaves.
      child.stdin.end("\u0004");
    });
    child.on("error", reject);
    child.on("close", () => {
      if (seen === undefined) reject(new Error(`${name}: no prompt in ${shown}`));
      else resolve(seen - began);
    });
  });
}

function writeConfiguration(url) {
  mkdirSync(path.join(home, "profiles"));
  writeFileSync(
    path.join(home, "config.json"),
    JSON.stringify({ backends: { box: { type: "generic", url, models: ["m"] } } }),
  );
  for (let i = 0; i < 5; i++) {
    const profile = { version: 1, type: "model", backend: "box", model: "m", params: {} };
    writeFileSync(path.join(home, "profiles", `p${i}.json`), JSON.stringify(profile));
  }
}

/** Prints the table and returns the names of the cases that are over their target. */
function report(times) {
  const base = median(times.get(CASES[0].name));
  const rows = CASES.map(({ name, target, within }) => {
    const wall = median(times.get(name));
    const limit = within === undefined ? target : 1 + within / base;
    return { name, wall, ratio: wall / base, target: limit };
  });
  process.stdout.write(`medians of ${rounds} interleaved rounds, Node ${process.versions.node}\n`);
  process.stdout.write(`${row("", "wall ms", "x node -e 0", "target")}\n`);
  for (const { name, wall, ratio, target } of rows) {
    process.stdout.write(`${row(name, wall.toFixed(1), ratio.toFixed(2), target?.toFixed(1) ?? "")}\n`);
  }
  return rows.filter(({ ratio, target }) => target !== undefined && ratio > target).map(({ name }) => name);
}

function row(name, ...cells) {
  return `${name.padEnd(28)}${cells.map((cell) => cell.padStart(13)).join("")}`;
}
