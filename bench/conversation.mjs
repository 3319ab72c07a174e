// Memory of a long conversation: `npm run bench:conversation [-- --turns N] [-- --check]`. The program runs on a terminal (made by
// `script`) over a local backend whose every answer has 2 KB; its resident memory is read from /proc, on Linux. Whatever grows
// faster than the text that was said would show in the last part.
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";

const turns = Number(process.argv[process.argv.indexOf("--turns") + 1]) || 500;
/** The last part may take this much of what the one before took, and one heap of Node's more. */
const TARGET = 1.5;
const SLACK_MB = 16;
const ANSWER_BYTES = 2048;
const program = path.join(import.meta.dirname, "..", "bin", "nexus.js");
const home = mkdtempSync(path.join(tmpdir(), "nexus-bench-"));

let asked = 0;
const backend = createServer((request, response) => {
  request.resume().on("end", () => {
    asked++;
    const text = `${"word ".repeat(ANSWER_BYTES / 5)}answer-${asked}`;
    const chunk = (delta, finish_reason = null) =>
      `data: ${JSON.stringify({ id: "1", object: "chat.completion.chunk", model: "m", choices: [{ index: 0, delta, finish_reason }] })}\n\n`;
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.end(`${chunk({ role: "assistant", content: text })}${chunk({}, "stop")}data: [DONE]\n\n`);
  });
});
await new Promise((resolve) => backend.listen(0, "127.0.0.1", resolve));
const record = { type: "generic", url: `http://127.0.0.1:${backend.address().port}`, models: ["m"] };
writeFileSync(path.join(home, "config.json"), JSON.stringify({ backends: { box: record } }));

try {
  const marks = await converse();
  const [first, half, last] = marks;
  const grown = [half.mb - first.mb, last.mb - half.mb];
  for (const { turn, mb } of marks)
    process.stdout.write(`after ${String(turn).padStart(4)} turns ${mb.toFixed(1).padStart(8)} MB\n`);
  process.stdout.write(`then ${signed(grown[0])} MB and ${signed(grown[1])} MB\n`);
  if (process.argv.includes("--check") && grown[1] > TARGET * Math.max(0, grown[0]) + SLACK_MB) {
    process.stderr.write("the last part took more than its share\n");
    process.exitCode = 1;
  }
} finally {
  backend.close();
  rmSync(home, { recursive: true, force: true });
}

/** Memory after the first fifth, when all is warm, in the middle of the rest and at the end. */
async function converse() {
  const command = `'${process.execPath}' '${program}' chat -m m`;
  const child = spawn("script", ["-qec", command, "/dev/null"], {
    stdio: ["pipe", "pipe", "inherit"],
    env: {
      PATH: process.env.PATH,
      HOME: home,
      TERM: "xterm",
      NEXUS_CONFIG_DIR: home,
      NEXUS_STATE_DIR: home,
      NEXUS_NO_DETECT: "1",
    },
  });
  const ended = new Promise((resolve) => child.on("close", resolve));
  let shown = "";
  let wake = () => {};
  child.stdout.on("data", (bytes) => {
    shown += bytes;
    wake();
  });
  const until = async (text, from) => {
    for (;;) {
      const at = shown.indexOf(text, from);
      if (at !== -1) return at + text.length;
      await new Promise((resolve) => {
        wake = resolve;
      });
    }
  };
  let at = await until("> ", 0);
  const marks = [];
  const looked = [0.2, 0.6, 1].map((share) => Math.round(share * turns));
  for (let turn = 1; turn <= turns; turn++) {
    child.stdin.write(`question ${turn}\r`);
    at = await until(`answer-${turn}`, at);
    at = await until("> ", at);
    shown = shown.slice(at);
    at = 0;
    if (looked.includes(turn)) marks.push({ turn, mb: memoryOf(child.pid) });
  }
  child.stdin.write("\u0004");
  await ended;
  return marks;
}

function signed(mb) {
  return `${mb < 0 ? "" : "+"}${mb.toFixed(1)}`;
}

/** Megabytes of the program that `script` runs: the last of its descendants. */
function memoryOf(pid) {
  const child = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .find((one) => parentOf(one) === pid);
  if (child !== undefined) return memoryOf(child);
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"));
  return Number(kilobytes) / 1024;
}

function parentOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
  } catch {
    // Gone meanwhile.
    return undefined;
  }
}
