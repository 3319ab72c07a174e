import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import Database from "libsql";
import { describe, expect, it, onTestFinished } from "vitest";
import { backend, deadAddress } from "./support/backends.ts";
import { NO_TERMINAL, onTerminal } from "./support/terminal.ts";
import { failoverWorkspace, type Workspace, workspace } from "./support/workspace.ts";

/** What `--json` of a command prints. */
async function json(space: Workspace, args: readonly string[]) {
  const { stdout } = await space.nexus([...args, "--json"]);
  return JSON.parse(stdout);
}

describe("N3, A002-25 nexus why tells what happened to a request", () => {
  it("that failed over: everybody in order, and what came of it", async () => {
    const space = await failoverWorkspace({
      a: { url: (await backend({ steps: ["503"] })).url, model: "gpt-4o-mini" },
      b: { url: (await backend({ steps: [{ usage: { input: 345, output: 120 } }] })).url, model: "llama3.2" },
    });
    const { stderr } = await space.nexus(["chat", "-p", "lb", "hi"]);
    const [id = ""] = /req_\w+/.exec(stderr) ?? [];
    const why = await space.nexus(["why"]);
    expect(why).toMatchObject({ code: 0, stderr: "" });
    const time = "\\d+(\\.\\d+)? m?s";
    expect(why.stdout).toMatch(
      new RegExp(
        `^request  ${id}
time     \\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d
asked    profile lb
result   answered by llama3\\.2 @ b \\(local, backend-failover\\)
         degraded mode: gpt-4o-mini \\(a\\) did not answer, llama3\\.2 \\(b\\) did
took     ${time}
tokens   345 in, 120 out
cost     unknown

1  a  gpt-4o-mini @ a  overloaded 503 · ${time} · The server is currently overloaded[^\\n]*
2  b  llama3\\.2 @ b     success · first content after ${time} · ${time} · 345 in, 120 out · cost unknown
$`,
      ),
    );
    expect((await space.nexus(["why", id])).stdout).toBe(why.stdout);
    expect((await space.nexus(["why", id.slice(4, 12)])).stdout).toBe(why.stdout);
  });

  it("that failed: each cause, and what to do next", async () => {
    const url = await deadAddress();
    const space = await failoverWorkspace({
      a: { url },
      b: await backend({ steps: ["429:retry-after=60"] }),
    });
    await space.nexus(["chat", "-p", "lb", "hi"]);
    const { code, stdout } = await space.nexus(["why"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^result {3}failed: All models in chain failed: a: connection refused/m);
    expect(stdout).toMatch(/^next {5}a: nothing listens at http.*: is the server running\?$/m);
    expect(stdout).toMatch(/^2 {2}b {2}m-b @ b {2}rate_limited 429 · /m);
    await space.nexus(["chat", "-p", "b", "hi"]);
    expect((await space.nexus(["why"])).stdout).toMatch(/^1 {2}b {2}m-b @ b {2}cooling down \(skipped\)$/m);
  });

  it("whose configuration is broken by now: a warning, and the past all the same", async () => {
    const space = await failoverWorkspace({ a: { url: await deadAddress() } });
    await space.nexus(["chat", "-p", "a", "hi"]);
    await space.write("config/config.json", "{");
    const { code, stdout, stderr } = await space.nexus(["why"]);
    expect(code).toBe(0);
    expect(stdout).toContain("failed: All models in chain failed");
    expect(stderr).toMatch(/^nexus: warning: .*config\.json/);
  });

  it.each([[[]], [["--no-stream"]]])("in the words of chat --json %j", async (flags) => {
    const space = await failoverWorkspace({ a: await backend({ steps: ["500"] }), b: await backend() });
    const { answer, ...chat } = await json(space, ["chat", "-p", "lb", ...flags, "hi"]);
    expect(answer).toContain("Hello");
    const { time, ...why } = await json(space, ["why", "last"]);
    expect(why).toEqual({ door: "chat", model: null, ...chat });
    expect(new Date(time).toISOString()).toBe(time);
  });

  it("a failed one too, and one for a bare model", async () => {
    const a = await backend({ steps: ["503"], models: ["m"] });
    const space = await failoverWorkspace({ a: { url: a.url, record: { models: ["m"] } } });
    const { answer, ...chat } = await json(space, ["chat", "-m", "m", "hi"]);
    expect(answer).toBeNull();
    const { time, door, ...why } = await json(space, ["why"]);
    expect(why).toEqual({ model: "m", ...chat });
  });

  it("that the user ended, and exit code and output are those of before", async () => {
    const space = await failoverWorkspace({ a: await backend({ steps: ["stall"], answer: "Hello there." }) });
    const running = space.start(["chat", "-p", "a", "x"]);
    await running.until("stdout", /Hello/);
    running.child.kill("SIGINT");
    expect((await running.ended).code).toBe(130);
    expect(await json(space, ["why"])).toMatchObject({
      error: { name: "Aborted" },
      attempts: [{ outcome: "aborted" }],
    });
    expect((await json(space, ["stats"])).total).toMatchObject({
      requests: 1,
      failed: 1,
      aborted: 1,
      failures: 0,
      success_rate: null,
    });
  });

  it("whose reader went away", async () => {
    const space = await failoverWorkspace({ a: await backend({ steps: ["endless-stream"] }) });
    await space.shell("nexus chat -p a x | head -c 5");
    expect(await json(space, ["why"])).toMatchObject({ error: { name: "Aborted" } });
  });

  it("X-08 whose tokens were estimated: marked", async () => {
    const space = await failoverWorkspace({ a: await backend({ steps: [{ usage: "none" }] }) });
    await space.nexus(["chat", "-p", "a", "hi"]);
    expect((await space.nexus(["why"])).stdout).toMatch(/^tokens {3}~\d+ in, ~\d+ out$/m);
    expect((await space.nexus(["stats"])).stdout).toMatch(/~\d+ in, ~\d+ out/);
  });

  it("none of a run that never began", async () => {
    const space = await failoverWorkspace({ a: await backend() });
    expect((await space.nexus(["chat", "-p", "nobody", "hi"])).code).toBe(3);
    expect(await space.nexus(["why"])).toMatchObject({
      code: 3,
      stdout: "",
      stderr: expect.stringContaining("no request has been recorded yet"),
    });
  });

  it.each([
    ["lst", 2, /did you mean last\?/],
    ["req_ab", 2, /at least 4 digits/],
    ["req_ffff", 3, /no request "req_ffff"[^\n]*\n.*nexus why last/],
  ])("an id that leads nowhere: %s", async (id, code, said) => {
    const space = await failoverWorkspace({ a: await backend() });
    await space.nexus(["chat", "-p", "a", "hi"]);
    expect(await space.nexus(["why", id])).toMatchObject({
      code,
      stdout: "",
      stderr: expect.stringMatching(said),
    });
  });

  it.skipIf(NO_TERMINAL)("S19 on a terminal, and nothing in it moves the cursor", async () => {
    const space = await failoverWorkspace({ a: { url: (await backend()).url, model: "m\u001b[2J\u202ex" } });
    await space.nexus(["chat", "-p", "a", "hi"]);
    const { code, screen } = await onTerminal(space, "nexus why; nexus stats --by model");
    expect(code).toBe(0);
    expect(screen).toContain("mx @ a");
    expect(screen).toMatch(/^mx .*█.* 1 of 1 answered/m);
    for (const control of ["\u001b[2J", "\u202e"]) expect(screen).not.toContain(control);
  });
});

describe("A003-29, A003-33 nexus stats counts", () => {
  it("an answer for the member that gave it alone, and lists who was never used", async () => {
    const space = await failoverWorkspace({
      a: await backend({ steps: ["503", "ok"] }),
      b: await backend(),
      c: await backend(),
    });
    await space.nexus(["chat", "-p", "lb", "hi"]);
    await space.nexus(["chat", "-p", "lb", "hi"]);
    const { since, by, rows, total, last_selected: last } = await json(space, ["stats"]);
    expect({ since, by }).toEqual({ since: null, by: "member" });
    expect(rows).toMatchObject([
      { member: "a", answered: 1, attempts: 2, failures: 1, success_rate: 0.5 },
      { member: "b", answered: 1, attempts: 1, failures: 0, success_rate: 1 },
      {
        member: "c",
        answered: 0,
        attempts: 0,
        success_rate: null,
        input_tokens: null,
        cost_usd: null,
        last_used: null,
      },
    ]);
    expect(total).toMatchObject({
      requests: 2,
      answered: 2,
      failed: 0,
      attempts: 3,
      failures: 1,
      unpriced_attempts: 2,
    });
    expect(last).toMatchObject([{ profile: "lb", member: "a", model: "m-a" }]);
    const text = await space.nexus(["stats"]);
    expect(text).toMatchObject({ code: 0, stderr: "" });
    expect(text.stdout).toMatch(/^a +1 of 2 answered \(50 %\) +1 failed +0 skipped /m);
    expect(text.stdout).toMatch(/^c +0 of 0 answered +0 failed .* never used$/m);
    expect(text.stdout).toMatch(/\n\n2 requests: 2 answered, 0 failed\n$/);
  });

  it("X-06 streamed and unstreamed answers alike, by each of its groups", async () => {
    const space = await failoverWorkspace({ a: await backend() });
    await space.nexus(["chat", "-p", "a", "hi"]);
    await space.nexus(["chat", "-p", "a", "--no-stream", "hi"]);
    const today = new Date().toLocaleDateString("sv-SE", { timeZone: "UTC" });
    const env = { TZ: "UTC" };
    for (const [by, key] of [
      ["member", "a"],
      ["model", "m-a"],
      ["backend", "a"],
      ["day", today],
    ] as const) {
      const { stdout } = await space.nexus(["stats", "--by", by, "--since", "1h", "--json"], { env });
      expect(JSON.parse(stdout).rows, by).toMatchObject([{ [by]: key, answered: 2 }]);
    }
  });

  it("X-08 known costs, and how many attempts have no known price", async () => {
    const space = await failoverWorkspace({
      a: { url: (await backend({ steps: [{ usage: { input: 1000, output: 1000 } }] })).url, model: "priced" },
      b: { url: (await backend()).url },
    });
    const config = JSON.parse(await readFile(join(space.configDir, "config.json"), "utf8"));
    await space.config({
      ...config,
      pricing: { a: { priced: { input_per_1k: 0.001, output_per_1k: 0.002 } } },
    });
    await space.nexus(["chat", "-p", "a", "hi"]);
    await space.nexus(["chat", "-p", "b", "hi"]);
    const { rows, total } = await json(space, ["stats"]);
    expect(rows).toMatchObject([
      { member: "a", cost_usd: 0.003, unpriced_attempts: 0 },
      { member: "b", cost_usd: null, unpriced_attempts: 1 },
    ]);
    expect(total).toMatchObject({ cost_usd: 0.003, unpriced_attempts: 1 });
    const { stdout } = await space.nexus(["stats"]);
    expect(stdout).toMatch(/^b .* {2}1 of unknown cost {2}/m);
    expect(stdout).toMatch(/^total .* {2}\$0\.0030 \+ 1 of unknown cost {2}/m);
  });

  it("as CSV that no spreadsheet takes for formulas", async () => {
    const space = await failoverWorkspace({ a: { url: (await backend()).url, model: '=1+"2",x' } });
    await space.nexus(["chat", "-p", "a", "hi"]);
    const { stdout } = await space.nexus(["stats", "--by", "model", "--csv"]);
    const [header, row, end] = stdout.split("\r\n");
    expect(header).toBe(
      "model,answered,attempts,failures,aborted,skips,success_rate,input_tokens,output_tokens,estimated,cost_usd," +
        "unpriced_attempts,mean_first_content_ms,mean_duration_ms,last_used",
    );
    expect(row).toMatch(/^"'=1\+""2"",x",1,1,0,0,0,1,\d+,\d+,false,,1,\d+,\d+,\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    expect(end).toBe("");
  });

  it("nothing yet: zero rows, and no file is made", async () => {
    const space = await failoverWorkspace({ a: await backend() });
    const { code, stdout } = await space.nexus(["stats"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/\n\n0 requests: 0 answered, 0 failed\n$/);
    await expect(readdir(space.stateDir)).rejects.toThrow("ENOENT");
  });

  it.each([
    [["--by", "modle"], /did you mean model\?\)\n {2}one of member, model, backend, day/],
    [["--since", "7days"], /did you mean 7d\?\)\n {2}how long ago, as 7d, 12h or 30m; a day/],
    [["--since", "2026-02-31"], /has to be a time/],
    [["--json", "--csv"], /exclude each other/],
  ])("a usage error says what is allowed: %j", async (flags, said) => {
    const { code, stdout, stderr } = await (await workspace()).nexus(["stats", ...flags]);
    expect(code).toBe(2);
    expect(stdout + stderr).toMatch(said);
  });
});

describe("S16 a history that cannot be used changes no answer", () => {
  it("corrupt: set aside apart from state.db, with one warning", async () => {
    const space = await failoverWorkspace({ a: await backend({ answer: "a" }) });
    await mkdir(space.stateDir);
    await writeFile(join(space.stateDir, "history.db"), "no database".repeat(1_000));
    const run = await space.nexus(["chat", "-p", "a", "x"]);
    expect(run).toMatchObject({ code: 0, stdout: "a\n" });
    expect(run.stderr.match(/^nexus: warning: .*$/gm)).toEqual([
      expect.stringMatching(/history\.db: it is not a database; kept as .*history\.db\.corrupt-/),
    ]);
    expect(run.stderr).toMatch(/answered by: [\s\S]*warning/);
    expect(await readdir(space.stateDir)).toContain("state.db");
    expect((await space.nexus(["why"])).code).toBe(0);
  });

  it("locked by somebody else: one warning after the answer", async () => {
    const space = await failoverWorkspace({ a: await backend({ answer: "a" }) });
    await space.nexus(["chat", "-p", "a", "x"]);
    const other = new Database(join(space.stateDir, "history.db"));
    onTestFinished(() => void other.close());
    other.exec("BEGIN IMMEDIATE");
    const run = await space.nexus(["chat", "-p", "a", "x"]);
    expect(run).toMatchObject({ code: 0, stdout: "a\n" });
    expect(run.stderr).toMatch(
      /answered by: [\s\S]*warning: .*another process keeps it locked; requests are not in/,
    );
    expect((await json(space, ["stats"])).total.requests).toBe(1);
  });

  it("a failed run keeps its exit code", async () => {
    const space = await failoverWorkspace({ a: await backend({ steps: ["401"] }) });
    await mkdir(join(space.stateDir, "history.db"), { recursive: true });
    const run = await space.nexus(["chat", "-p", "a", "x"]);
    expect(run.code).toBe(4);
    expect(run.stderr.match(/warning: .*history\.db/g)).toHaveLength(1);
    for (const args of [["why"], ["stats"]]) {
      const read = await space.nexus(args);
      expect(read).toMatchObject({ code: 3, stdout: "" });
      expect(read.stderr).toMatch(/^nexus: .*history\.db: .*; past requests cannot be told\n$/);
    }
  });
});

describe("S15 many processes", () => {
  it("twenty at once lose no record", { timeout: 60_000 }, async () => {
    const space = await failoverWorkspace({ a: await backend() });
    await Promise.all(Array.from({ length: 20 }, () => space.nexus(["chat", "-q", "-p", "a", "x"])));
    expect((await json(space, ["stats"])).total).toMatchObject({ requests: 20, answered: 20 });
  });

  it("kill -9 at any moment leaves a history that agrees with itself", { timeout: 60_000 }, async () => {
    const space = await failoverWorkspace({ a: await backend() });
    let known = 0;
    for (let round = 0; round < 12; round++) {
      const running = space.start(["chat", "-q", "-p", "a", "x"]);
      await running.until("stdout", /Hello/);
      // The record is being written about now: each round at another moment of that.
      await new Promise((resolve) => setTimeout(resolve, round));
      running.child.kill("SIGKILL");
      await running.ended;
      const { rows, total } = await json(space, ["stats"]);
      expect(total.requests).toBe(total.answered + total.failed);
      expect(rows).toMatchObject([{ attempts: total.requests }]);
      expect(total.requests).toBeGreaterThanOrEqual(known);
      known = total.requests;
    }
    expect(await space.nexus(["chat", "-p", "a", "x"])).toMatchObject({ code: 0 });
    expect((await json(space, ["stats"])).total.requests).toBe(known + 1);
    expect((await readdir(space.stateDir)).filter((name) => name.includes("corrupt"))).toEqual([]);
  });
});

it("the history holds no key, no question and no answer", async () => {
  const key = "sk-a-key-that-is-told-again";
  const a = await backend({ steps: [`401:message=no such key ${key}`, "ok"], answer: "a private answer" });
  const space = await failoverWorkspace({ a: { url: a.url, record: { api_key_env: "A_KEY" } } });
  const env = { A_KEY: key };
  await space.nexus(["chat", "-p", "a", "a private question"], { env });
  await rm(join(space.stateDir, "state.db"));
  await space.nexus(["chat", "-p", "a", "a private question"], { env });
  expect((await json(space, ["stats"])).total).toMatchObject({ requests: 2, answered: 1 });
  const { stdout } = await space.shell("cat state/history.db*");
  expect(stdout).toContain("no such key [redacted]");
  expect(stdout).not.toContain(key);
  expect(stdout).not.toContain("private");
});
