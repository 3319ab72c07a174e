// What passing through costs at each door: `npm run bench:doors [-- --rounds N] [-- --check]`, on Linux. `nexus serve` stands before a
// backend of each dialect, which replays what `nexus mock` once answered; each door is asked for its own dialect's backend, so that
// bytes pass untouched. CPU time of the server is read from /proc, rounds are interleaved, medians are told as ratios to the OpenAI door.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "rolldown";
import { cpuMs } from "./proxy/process-figures.mjs";
import { median } from "./support/statistics.mjs";

const rounds = Number(process.argv[process.argv.indexOf("--rounds") + 1]) || 25;
const TARGET = 1.1;
const CONNECTIONS = 16;
const PIECES = 500;
const LOADS = [
  { name: "whole answers, 2 KB prompt", stream: false, requests: 400 },
  { name: `streams of ${PIECES} pieces`, stream: true, requests: 60 },
];
const PROMPT = "Explain this function, then write a test for it. ".repeat(40);
const MESSAGES = [{ role: "user", content: PROMPT }];

/** How each dialect is asked, of a backend of what type. */
const DOORS = {
  "openai-chat": {
    record: { type: "generic" },
    ask: (stream) => [
      "/v1/chat/completions",
      { model: modelOf("openai-chat", stream), messages: MESSAGES, stream },
    ],
  },
  "openai-responses": {
    record: { type: "openai", dialect: "openai-responses" },
    ask: (stream) => [
      "/v1/responses",
      { model: modelOf("openai-responses", stream), input: MESSAGES, store: false, stream },
    ],
  },
  anthropic: {
    record: { type: "anthropic" },
    ask: (stream) => [
      "/v1/messages",
      { model: modelOf("anthropic", stream), max_tokens: 512, messages: MESSAGES, stream },
    ],
  },
  gemini: {
    record: { type: "google" },
    ask: (stream) => [
      `/v1beta/models/${modelOf("gemini", stream)}:${stream ? "streamGenerateContent?alt=sse" : "generateContent"}`,
      { contents: [{ role: "user", parts: [{ text: PROMPT }] }] },
    ],
  },
  ollama: {
    record: { type: "ollama" },
    ask: (stream) => ["/api/chat", { model: modelOf("ollama", stream), messages: MESSAGES, stream }],
  },
};

/** A server that answers each path with the bytes that a file holds for it. */
const REPLAY = `
const routes = new Map(JSON.parse(require("node:fs").readFileSync(process.argv[1], "utf8")).map(([path, type, body]) => [path, { type, body: Buffer.from(body) }]));
const server = require("node:http").createServer((asked, response) => {
  asked.resume().on("end", () => {
    const found = routes.get((asked.headers["x-stream"] ?? "") + asked.url) ?? { type: "application/json", body: "{}" };
    response.writeHead(200, { "content-type": found.type }).end(found.body);
  });
});
server.listen(0, "127.0.0.1", () => process.send(server.address().port));
`;

const root = path.join(import.meta.dirname, "..");
const work = mkdtempSync(path.join(root, "dist", "bench-"));
const home = mkdtempSync(path.join(tmpdir(), "nexus-bench-"));
const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
const children = [];

try {
  const { replay, doors } = await prepare();
  const server = await serve(replay, doors);
  const over = [];
  for (const load of LOADS) {
    const figures = await measure(server, doors, load);
    const base = figures.get("openai-chat");
    process.stdout.write(
      `\n${load.name.padEnd(32)}${"CPU ms".padStart(10)}${"ratio".padStart(8)}${"target".padStart(8)}\n`,
    );
    for (const [name, ms] of figures) {
      const ratio = ms / base;
      process.stdout.write(
        `${name.padEnd(32)}${ms.toFixed(3).padStart(10)}${ratio.toFixed(2).padStart(8)}${`${TARGET}`.padStart(8)}\n`,
      );
      if (ratio > TARGET) over.push(`${name}, ${load.name}`);
    }
  }
  if (process.argv.includes("--check") && over.length > 0) {
    process.stderr.write(`over the target: ${over.join("; ")}\n`);
    process.exitCode = 1;
  }
} finally {
  agent.destroy();
  for (const child of children) child.kill("SIGKILL");
  rmSync(work, { recursive: true, force: true });
  rmSync(home, { recursive: true, force: true });
}

/** What is sent at each door that there is, and the file that holds what comes back. */
async function prepare() {
  const { startMock, DOORS: served } = await bundled();
  const answer = { text: "word ".repeat(PIECES), pieces: Array.from({ length: PIECES }, () => "word ") };
  const routes = [];
  const doors = [];
  for (const { dialect } of served) {
    const mock = await startMock({
      dialect,
      models: [true, false].map((stream) => modelOf(dialect, stream)),
      answer,
    });
    for (const stream of [false, true]) {
      const [to, body] = DOORS[dialect].ask(stream);
      const bytes = JSON.stringify(body);
      const reply = await fetch(mock.url + to, { method: "POST", body: bytes });
      const text = await reply.text();
      if (!reply.ok) throw new Error(`${dialect}: ${text}`);
      routes.push([`${stream}${to}`, reply.headers.get("content-type"), text]);
      doors.push({ dialect, stream, path: to, bytes: Buffer.from(bytes), length: Buffer.byteLength(text) });
    }
    await mock.close();
  }
  const replay = path.join(work, "replay.json");
  writeFileSync(replay, JSON.stringify(routes));
  return { replay, doors };
}

async function bundled() {
  const entry = path.join(work, "parts.mjs");
  const source = (file) => JSON.stringify(path.join(root, "src", file));
  writeFileSync(
    entry,
    `export { startMock } from ${source("mock/mock.ts")};\nexport { DOORS } from ${source("dialects/doors.ts")};\n`,
  );
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

/** The backend and `nexus serve` before it. The header tells the two forms of an answer apart where the path does not. */
async function serve(replay, doors) {
  const backend = spawn(process.execPath, ["-e", REPLAY, replay], {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  children.push(backend);
  const [port] = await once(backend, "message");
  const record = (dialect, stream) => ({
    ...DOORS[dialect].record,
    url: `http://127.0.0.1:${port}`,
    models: [modelOf(dialect, stream)],
    headers: { "x-stream": `${stream}` },
    api_key_env: "BENCH_KEY",
  });
  const backends = doors.map(({ dialect, stream }) => [`${dialect}-${stream}`, record(dialect, stream)]);
  writeFileSync(
    path.join(home, "config.json"),
    JSON.stringify({ backends: Object.fromEntries(backends), health: { enabled: false } }),
  );
  const server = spawn(process.execPath, [path.join(root, "bin", "nexus.js"), "serve", "--port", "0"], {
    // It tells every request there.
    stdio: ["ignore", "pipe", "ignore"],
    env: {
      PATH: process.env.PATH,
      NEXUS_CONFIG_DIR: home,
      NEXUS_STATE_DIR: home,
      NEXUS_NO_DETECT: "1",
      BENCH_KEY: "key",
    },
  });
  children.push(server);
  const [first] = await once(server.stdout, "data");
  return { url: String(first).trim(), pid: server.pid };
}

function modelOf(dialect, stream) {
  return `m-${dialect}-${stream ? "stream" : "whole"}`;
}

/** CPU time of the server for one request at each door, in ms. */
async function measure({ url, pid }, doors, { stream, requests }) {
  const asked = doors.filter((door) => door.stream === stream);
  const seen = new Map(asked.map(({ dialect }) => [dialect, []]));
  for (let round = -4; round < rounds; round++) {
    for (const door of asked) {
      const before = cpuMs(pid);
      await load(url, door, requests);
      if (round >= 0) seen.get(door.dialect).push((cpuMs(pid) - before) / requests);
    }
  }
  return new Map([...seen].map(([dialect, list]) => [dialect, median(list)]));
}

/** So many requests, over all connections. */
async function load(url, door, requests) {
  let left = requests;
  const work = async () => {
    while (left-- > 0) await ask(url, door);
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, work));
}

/** One request. Throws when the answer is not what the backend sent. */
function ask(url, { path: to, bytes, length }) {
  return new Promise((resolve, reject) => {
    const headers = { "content-type": "application/json", "content-length": bytes.length };
    const sent = request(url + to, { method: "POST", agent, headers }, (response) => {
      let came = 0;
      response.on("data", (piece) => {
        came += piece.length;
      });
      response.on("error", reject);
      response.on("end", () => {
        if (response.statusCode === 200 && came === length) resolve();
        else reject(new Error(`${to}: status ${response.statusCode}, ${came} of ${length} bytes`));
      });
    });
    sent.on("error", reject);
    sent.end(bytes);
  });
}
