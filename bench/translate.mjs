// Translating a stream: `npm run bench:translate [-- --rounds N] [-- --check]`. A stream of 500 pieces of each backend dialect, as
// `nexus mock` writes it, is decoded and written anew for each front door, next to JSON.parse and JSON.stringify of the same events.
// Rounds are interleaved; medians of the process's CPU time are printed, framing left out on both sides.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "rolldown";
import { median } from "./support/statistics.mjs";

const rounds = Number(process.argv[process.argv.indexOf("--rounds") + 1]) || 15;
const PIECES = 500;
/** Streams a round: CPU time is told in steps too coarse for one. */
const TIMES = 20;
const TARGET = 1.5;
const root = path.join(import.meta.dirname, "..");
const work = mkdtempSync(path.join(root, "dist", "bench-"));

const source = (file) => JSON.stringify(path.join(root, "src", file));
const PARTS = `
export { DIALECTS } from ${source("dialects/index.ts")};
export { DOORS } from ${source("dialects/doors.ts")};
export { startMock } from ${source("mock/mock.ts")};
export { frameEvents } from ${source("upstream/event-stream.ts")};
export { frameLines } from ${source("upstream/event-stream.ts")};
`;

try {
  const { DIALECTS, DOORS, startMock, frameEvents, frameLines } = await bundled();
  const over = [];
  const title = `A stream of ${PIECES} pieces of`.padEnd(50);
  process.stdout.write(`${title}${"ms".padStart(8)}${"ratio".padStart(8)}  target\n`);
  for (const [name, dialect] of Object.entries(DIALECTS)) {
    const events = framed(
      dialect.framing === "sse" ? frameEvents() : frameLines(),
      await recorded(dialect, name, startMock),
    );
    const bare = () => {
      for (const { data } of events) if (data.startsWith("{")) JSON.stringify(JSON.parse(data));
    };
    const cases = DOORS.filter((door) => door.dialect !== name).map((door) => [
      `${name} for a client of ${door.dialect}`,
      () => translate(dialect, door, events),
    ]);
    const times = measure([["JSON.parse and JSON.stringify of them", bare], ...cases]);
    const [base, ...rest] = times;
    line(`${name}: ${base.name}`, base.ms);
    for (const one of rest) {
      line(one.name, one.ms, one.ms / base.ms);
      if (one.ms > TARGET * base.ms) over.push(one.name);
    }
  }
  if (process.argv.includes("--check") && over.length > 0) {
    process.stderr.write(`over the target: ${over.join(", ")}\n`);
    process.exitCode = 1;
  }
} finally {
  rmSync(work, { recursive: true, force: true });
}

function line(name, ms, ratio) {
  const tail = ratio === undefined ? "" : `${ratio.toFixed(2).padStart(8)}${`${TARGET}`.padStart(8)}`;
  process.stdout.write(`${name.padEnd(50)}${ms.toFixed(3).padStart(8)}${tail}\n`);
}

/** The program's own parts, as it runs them. */
async function bundled() {
  const entry = path.join(work, "parts.mjs");
  writeFileSync(entry, PARTS);
  await build({
    input: entry,
    platform: "node",
    // jsonc-parser's other build hides its own requires from a bundler.
    resolve: { mainFields: ["module", "main"] },
    logLevel: "warn",
    output: { dir: path.join(work, "built"), format: "esm", entryFileNames: "parts.mjs" },
  });
  return import(pathToFileURL(path.join(work, "built", "parts.mjs")).href);
}

/** The text of a stream that a backend of this dialect answers with. */
async function recorded(dialect, name, startMock) {
  const pieces = Array.from({ length: PIECES }, (_, at) => ` word${at}`);
  const mock = await startMock({ dialect: name, answer: { text: pieces.join(""), pieces } });
  const request = {
    messages: [{ role: "user", parts: [{ type: "text", text: "hi" }] }],
    tools: [],
    params: {},
  };
  const target = { type: "generic", model: "gpt-4o", params: {}, stream: true, key: undefined };
  const wire = dialect.request.encode(request, target);
  const base = { anthropic: "/v1", gemini: "/v1beta", ollama: "" }[name] ?? "/v1";
  const response = await fetch(`${mock.url}${base}${wire.path}`, wire);
  const text = await response.text();
  await mock.close();
  return text;
}

function framed(framer, text) {
  const events = [...framer.feed(text), ...framer.end()];
  if (events.length < PIECES) throw new Error(`only ${events.length} events in ${text.slice(0, 200)}`);
  return events;
}

function translate(dialect, door, events) {
  const decoder = dialect.stream.decoder();
  const encoder = door.stream.encoder({ id: "x", created: 1, model: "m" }, { includeUsage: true });
  let length = 0;
  for (const event of events) for (const told of decoder.push(event)) length += encoder.push(told).length;
  for (const told of decoder.end()) length += encoder.push(told).length;
  return length;
}

/** Milliseconds of CPU for one stream, the median of all rounds. */
function measure(cases) {
  const taken = cases.map(([name, run]) => ({ name, run, list: [] }));
  for (let round = -3; round < rounds; round++) {
    for (const { run, list } of taken) {
      const began = process.cpuUsage();
      for (let time = 0; time < TIMES; time++) run();
      const { user, system } = process.cpuUsage(began);
      if (round >= 0) list.push((user + system) / 1000 / TIMES);
    }
  }
  return taken.map(({ name, list }) => ({ name, ms: median(list) }));
}
