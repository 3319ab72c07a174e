import { spawnSync } from "node:child_process";
import { cpSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Mock, startMock } from "../../src/mock/mock.ts";
import { type Ended, PROGRAM, type RunOptions, runShell, startShell } from "../e2e/support/program.ts";
import { type Workspace, workspace } from "../e2e/support/workspace.ts";
import { projectFile } from "../support/generated.ts";

/** Every line below `Examples:`, without what stands beside a command for people. */
const EXAMPLES = [
  ...new Set(
    [
      ...readFileSync(projectFile("docs/commands.md"), "utf8").matchAll(/^Examples?:\n((?: {2}.*\n)+)/gm),
    ].flatMap(([, lines = ""]) =>
      lines
        .trimEnd()
        .split("\n")
        .map((line) => line.trim().replace(/ {3,}.*$/, "")),
    ),
  ),
];

/** Those of other programs, which are not here. */
const FOREIGN = /any-openai-client|claude --model|gemini -m/;
/** Those that last until they are told to end. */
const LASTING = /^nexus (?:serve|mock|status --watch)/;
/** Those that ask where there is a terminal; here is none, and they say which flag answers. */
const ASKING = [
  "nexus backend edit box",
  "nexus init",
  "nexus key set groq",
  "nexus backend remove box",
  "nexus sessions delete --all",
];
/** Those for which something has to be out of their way, or to run. */
const BEFORE: readonly (readonly [RegExp, string])[] = [
  [/profile import failover-lb/, "nexus profile rename failover-lb former"],
  [/profile save \w+ fast|init .*--name fast/, "nexus profile delete fast --cascade --force"],
  [/profile save \w+ local|init .*--name local/, "nexus profile delete local --cascade --force"],
  [/profile save loadbalancer failover-lb/, "nexus profile delete failover-lb --cascade --force"],
  [/backend add .*--name box/, "nexus backend remove box --force"],
  [/sessions rename last trip/, "nexus sessions rename trip former"],
  [
    /backend (?:drain|resume)|^curl/,
    // The program itself, so that it is the program that is told to end.
    `'${process.execPath}' '${PROGRAM}' serve >serve.out 2>&1 & trap "kill $!" EXIT; until grep -q 127.0.0.1: serve.out; do sleep 0.05; done`,
  ],
];

const PROGRAMS = `
nexus() { '${process.execPath}' '${PROGRAM}' "$@"; }
git() { echo "+ a new line"; }
pass() { echo gsk-from-the-password-store; }
`;
const PNG =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
const LLXPRT = { version: 1, provider: "openai", model: "gpt-4o", modelParams: {}, ephemeralSettings: {} };

const clean: (() => Promise<void>)[] = [];
let prepared: Workspace;
let mocks: readonly Mock[];
let lastId: string;

beforeAll(async () => {
  const later = (work: () => Promise<void>) => void clean.push(work);
  mocks = await Promise.all([
    startMock({ dialect: "ollama", models: ["llama3.2"] }),
    startMock({ models: ["gpt-4o", "gpt-4o-mini", "m"] }),
    startMock({ dialect: "ollama", models: ["llama3.2"] }),
  ]);
  for (const mock of mocks) later(() => mock.close());
  const [ollama, cloud] = mocks;
  prepared = await workspace(later);
  await prepared.config({
    default_profile: "failover-lb",
    backends: {
      ollama: { type: "ollama", url: ollama?.url },
      openai: { type: "openai", url: `${cloud?.url}/v1`, api_key_env: "OPENAI_API_KEY" },
      groq: { type: "openai", url: `${cloud?.url}/v1`, api_key_ref: "groq" },
      box: { type: "generic", url: cloud?.url, zone: "restricted", tier: 2 },
    },
    server: { port: 0 },
  });
  const model = (backend: string, name: string) => ({ version: 1, type: "model", backend, model: name });
  await prepared.profile("fast", model("openai", "gpt-4o-mini"));
  await prepared.profile("local", {
    ...model("ollama", "llama3.2"),
    system: "Be brief.",
    params: { num_ctx: 8192 },
  });
  for (const name of ["a", "b", "c", "old"]) await prepared.profile(name, model("box", "m"));
  const lb = { version: 1, type: "loadbalancer", policy: "failover", profiles: ["fast", "local"] };
  await prepared.profile("failover-lb", lb);
  await prepared.write("failover-lb.json", JSON.stringify(lb));
  await prepared.write(".llxprt/profiles/work.json", JSON.stringify(LLXPRT));
  await prepared.write("chart.png", Buffer.from(PNG, "base64"));
  await prepared.write("lines.txt", "one\ntwo\n");
  await prepared.write(
    "request.json",
    JSON.stringify({ model: "fast", messages: [{ role: "user", content: "hi" }] }),
  );
  await prepared.write("scenario.json", JSON.stringify({ answer: "Hello.", steps: ["503", "ok"] }));
  await prepared.write(".config/fish/completions/.keep", "");
  const ran = await run(
    prepared.dir,
    `pass | nexus key set groq && nexus chat --session trip "rayleigh" && nexus chat --session other hi && nexus models`,
  );
  expect(ran).toMatchObject({ code: 0 });
  lastId = JSON.parse((await run(prepared.dir, "nexus why --json")).stdout).request_id;
}, 60_000);

afterAll(async () => {
  for (const work of clean.reverse()) await work();
});

function optionsIn(dir: string): RunOptions {
  const env = {
    HOME: dir,
    NEXUS_CONFIG_DIR: join(dir, "config"),
    NEXUS_STATE_DIR: join(dir, "state"),
    NEXUS_KEYRING: "file",
    OPENAI_API_KEY: "sk-made-up",
    WORK_KEY: "sk-made-up-too",
    SHELL: "/bin/bash",
    EDITOR: "true",
  };
  return { cwd: dir, env };
}

function run(dir: string, line: string): Promise<Ended> {
  return runShell(`exec bash -c "$LINE"`, withLine(dir, line));
}

function withLine(dir: string, line: string): RunOptions {
  const { env, cwd = dir } = optionsIn(dir);
  return { cwd, env: { ...env, LINE: `set -o pipefail; ${PROGRAMS}${line}` } };
}

/** The example with what is only so on somebody else's machine made true here. */
function here(example: string): string {
  const [, , newcomer] = mocks;
  const address = newcomer?.url.replace("http://", "") ?? "";
  return example
    .replace("EDITOR=nano", "EDITOR=true")
    .replace(/127\.0\.0\.1:11434|192\.168\.1\.20:8000/, address)
    .replace("https://llm.example.com", newcomer?.url ?? "")
    .replace("localhost:8642", "$(grep -o '127.0.0.1:[0-9]*' serve.out | head -1)")
    .replace("req_8f2c", lastId)
    .replace("--port 9001", "--port 0")
    .replace(/ &$/, "");
}

describe("T17 examples in the help", () => {
  const missing = ["bash", "jq", "curl"].filter((name) => spawnSync(name, ["--version"]).error !== undefined);
  if (missing.length > 0)
    process.stderr.write(`examples are skipped: no ${missing.join(", ")} on this machine\n`);

  it("are there to be tried", () => expect(EXAMPLES.length).toBeGreaterThan(90));

  it.skipIf(missing.length > 0).concurrent.each(EXAMPLES.filter((line) => !FOREIGN.test(line)))(
    "%s",
    async (example) => {
      const dir = await mkdtemp(join(tmpdir(), "nexus-example-"));
      try {
        cpSync(prepared.dir, dir, { recursive: true });
        const before = BEFORE.filter(([when]) => when.test(example)).map(([, line]) => `${line}\n`);
        const line = `${before.join("")}${here(example)}`;
        if (LASTING.test(example)) {
          const running = startShell(
            `exec bash -c "$LINE"`,
            withLine(dir, line.replace(/nexus (?!.*nexus)/, `exec '${process.execPath}' '${PROGRAM}' `)),
          );
          await running.until("stdout", /./);
          running.child.kill("SIGINT");
          expect(await running.ended).toMatchObject({ code: 0 });
          return;
        }
        const { code, stdout, stderr } = await run(dir, line);
        expect(code, stdout + stderr).toBe(ASKING.includes(example) ? 2 : 0);
      } finally {
        // What an example left running writes its last words meanwhile.
        await rm(dir, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
      }
    },
  );
});
