import { describe, expect, it } from "vitest";
import { backend, deadAddress } from "./support/backends.ts";
import { failoverWorkspace, workspace } from "./support/workspace.ts";

const PNG = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

describe("the main job", () => {
  it("X-01, T1, A002-12, A002-23 prints the answer, then the chain in order and the model that answered", async () => {
    const [fast, local] = [await backend({ steps: ["503"] }), await backend({ answer: "Hello there." })];
    const space = await failoverWorkspace({ fast, local });
    const run = await space.nexus(["chat", "--profile", "lb", "prompt"]);
    expect(run.code).toBe(0);
    expect(run.stdout).toBe("Hello there.\n");
    const lines = run.stderr.trimEnd().split("\n");
    expect(lines[0]).toBe("nexus: degraded mode: m-fast (fast) did not answer, m-local (local) did");
    expect(lines[1]).toMatch(/^nexus: chain: fast: failed \(503 .*\) -> local: success$/);
    expect(lines[2]).toMatch(
      /^nexus: answered by: m-local @ local \(local\) · \d.* · \d+ in, \d+ out · req_[0-9a-f]+$/,
    );
    expect(lines).toHaveLength(3);
    expect([fast.chats.length, local.chats.length]).toEqual([1, 1]);
  });

  it("X-01 gives the same facts with --json", async () => {
    const [fast, local] = [await backend({ steps: ["503"] }), await backend({ answer: "Hello there." })];
    const space = await failoverWorkspace({ fast, local });
    const run = await space.nexus(["chat", "--profile", "lb", "--json", "prompt"]);
    expect(run.code).toBe(0);
    const result = JSON.parse(run.stdout);
    expect(result).toMatchObject({
      answer: "Hello there.",
      final_model: "m-local",
      backend: "local",
      profile: "lb",
      fallback_used: true,
      finish_reason: "stop",
      cost_usd: null,
      error: null,
    });
    expect(run.stderr).toContain(`nexus: chain: ${result.chain_log.join(" -> ")}\n`);
    expect(result.attempts.map((attempt: { outcome: string }) => attempt.outcome)).toEqual([
      "overloaded",
      "success",
    ]);
  });

  it("A003-35, A003-30 --debug tells that the first member is selected, and no failover", async () => {
    const [fast, local] = [await backend({ answer: "Hi." }), await backend()];
    const space = await failoverWorkspace({ fast, local });
    const run = await space.nexus(["chat", "--profile", "lb", "--debug", "prompt"]);
    expect(run).toMatchObject({ code: 0, stdout: "Hi.\n" });
    expect(run.stderr).toContain("nexus: debug: attempt 1: fast (m-fast @ fast), selected\n");
    expect(run.stderr).not.toMatch(/failover|degraded/);
    expect(local.chats).toHaveLength(0);
  });

  it("A002-20 says once that the answer came in degraded mode, and not when the first member answered", async () => {
    const [down, up] = [await deadAddress(), await backend()];
    const space = await failoverWorkspace({ a: { url: down }, b: up });
    const degraded = await space.nexus(["chat", "-p", "lb", "prompt"]);
    expect(degraded.stderr.match(/degraded mode/g)).toHaveLength(1);
    expect(degraded.stderr).toContain("nexus: chain: a: failed (ECONNREFUSED) -> b: success\n");
    const straight = await space.nexus(["chat", "-p", "b", "prompt"]);
    expect(straight.stderr).not.toContain("degraded");
  });

  it("A002-16 a poor answer is an answer", async () => {
    const [a, b] = [await backend({ answer: "I cannot." }), await backend()];
    const space = await failoverWorkspace({ a, b });
    expect((await space.nexus(["chat", "-p", "lb", "prompt"])).stdout).toBe("I cannot.\n");
    expect(b.chats).toHaveLength(0);
  });

  it("-q leaves nothing but the answer", async () => {
    const [a, b] = [await backend({ steps: ["500"] }), await backend({ answer: "Hi." })];
    const space = await failoverWorkspace({ a, b });
    expect(await space.nexus(["chat", "-q", "-p", "lb", "prompt"])).toMatchObject({
      code: 0,
      stdout: "Hi.\n",
      stderr: "",
    });
  });

  it("a survived attempt never prints the word ERROR", async () => {
    const [a, b] = [await backend({ steps: ["500:message=ERROR boom"] }), await backend()];
    const space = await failoverWorkspace({ a, b });
    const run = await space.nexus(["chat", "-p", "lb", "--debug", "prompt"]);
    expect(run.code).toBe(0);
    expect(run.stderr).toContain("boom");
    expect(run.stderr).not.toContain("ERROR");
  });

  it("A003-17 every piece of the answer comes once and in order", async () => {
    const answer = Array.from({ length: 500 }, (_, index) => `w${index}`).join(" ");
    const space = await failoverWorkspace({ a: await backend({ answer }) });
    const run = await space.nexus(["chat", "-p", "a", "--ndjson", "prompt"]);
    const events = run.stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    const deltas = events.filter(({ type }) => type === "delta");
    expect(deltas.length).toBeGreaterThan(1);
    expect(deltas.map(({ text }) => text).join("")).toBe(answer);
    expect(events.at(0).type).toBe("start");
    expect(events.filter(({ type }) => type === "done" || type === "error")).toHaveLength(1);
    expect(events.at(-1)).toMatchObject({ type: "done", final_model: "m-a" });
  });
});

describe("a run nobody answers", () => {
  it("T2, A002-18, A003-13, A003-14 writes nothing to stdout and names every member with its cause", async () => {
    const [a, b] = [await backend({ steps: ["503"] }), await backend({ steps: ["401"] })];
    const space = await failoverWorkspace({ a, b });
    const run = await space.nexus(["chat", "-p", "lb", "prompt"]);
    expect(run).toMatchObject({ code: 5, stdout: "" });
    expect(run.stderr).toMatch(/^nexus: chain: a: failed \(503 .*\) -> b: auth failed$/m);
    expect(run.stderr).toMatch(/^nexus: failed: All models in chain failed: a: 503 .*; b: 401 /m);
    expect(run.stderr).toContain("nexus key set b");
  });

  it("A003-13 --json has the profile, every member and every failure, with the same exit code", async () => {
    const [a, b] = [await backend({ steps: ["503"] }), await backend({ steps: ["401"] })];
    const space = await failoverWorkspace({ a, b });
    const run = await space.nexus(["chat", "-p", "lb", "--json", "prompt"]);
    expect(run.code).toBe(5);
    expect(JSON.parse(run.stdout)).toMatchObject({
      answer: null,
      final_model: null,
      profile: "lb",
      chain_log: [expect.stringMatching(/^a: failed \(503/), "b: auth failed"],
      error: {
        name: "LoadBalancerFailoverError",
        retryable: true,
        failures: [
          { member: "a", status: 503, outcome: "overloaded" },
          { member: "b", status: 401, outcome: "auth" },
        ],
      },
    });
  });

  it("tells how to start a server that is not there", async () => {
    const url = await deadAddress();
    const space = await failoverWorkspace({ a: { url, record: { type: "ollama" } } });
    const run = await space.nexus(["chat", "-p", "a", "prompt"]);
    expect(run.code).toBe(5);
    expect(run.stderr).toContain("ollama serve");
  });

  it("A002-24 a preset without its key says which variable to set, and sends nothing", async () => {
    const space = await workspace();
    await space.profile("cloud", { version: 1, type: "model", backend: "openai", model: "gpt-4o-mini" });
    const run = await space.nexus(["chat", "-p", "cloud", "prompt"]);
    expect(run).toMatchObject({ code: 4, stdout: "" });
    expect(run.stderr).toContain("nexus: chain: cloud: auth failed\n");
    expect(run.stderr).toContain("OPENAI_API_KEY");
  });
});

describe("what is sent", () => {
  it("flags may stand before and after the prompt, words are joined, -- ends the flags (T18)", async () => {
    const a = await backend();
    const space = await failoverWorkspace({ a });
    const run = await space.nexus([
      "chat",
      "two",
      "-p",
      "a",
      "words",
      "--set=temperature=0.5",
      "--",
      "--json",
    ]);
    expect(run.code).toBe(0);
    expect(a.chats[0]?.body).toMatchObject({
      model: "m-a",
      temperature: 0.5,
      messages: [{ role: "user", content: "two words --json" }],
    });
  });

  it("--system, --file and --image go into the request", async () => {
    const a = await backend();
    const space = await failoverWorkspace({ a });
    await space.write("notes.md", "one\ntwo\n");
    await space.write("dot.bin", PNG);
    const run = await space.nexus([
      "chat",
      "-p",
      "a",
      "-s",
      "Be brief.",
      "-f",
      "notes.md",
      "--image",
      "dot.bin",
      "--image",
      "https://example.com/x.png",
      "what?",
    ]);
    expect(run.code).toBe(0);
    expect(a.chats[0]?.body).toMatchObject({
      messages: [
        { role: "system", content: "Be brief." },
        {
          role: "user",
          content: [
            { type: "text", text: '<file name="notes.md">\none\ntwo\n</file>\n\nwhat?' },
            { type: "image_url", image_url: { url: `data:image/png;base64,${PNG.toString("base64")}` } },
            { type: "image_url", image_url: { url: "https://example.com/x.png" } },
          ],
        },
      ],
    });
  });

  it("--no-stream asks for the whole answer at once", async () => {
    const a = await backend({ answer: "Hi." });
    const space = await failoverWorkspace({ a });
    expect(await space.nexus(["chat", "-p", "a", "--no-stream", "x"])).toMatchObject({
      code: 0,
      stdout: "Hi.\n",
    });
    expect(a.chats[0]?.body).not.toMatchObject({ stream: true });
  });

  it("--set wins over the profile, and --no-fallback keeps to the first model", async () => {
    const [a, b] = [await backend({ steps: ["503"] }), await backend()];
    const space = await failoverWorkspace({ a, b });
    const run = await space.nexus(["chat", "-p", "lb", "--no-fallback", "--set", "seed=7", "x"]);
    expect(run.code).toBe(5);
    expect(a.chats[0]?.body).toMatchObject({ seed: 7 });
    expect(b.chats).toHaveLength(0);
  });

  it("A002-26 --timeout takes seconds and a unit, and ends the run", async () => {
    const a = await backend({ steps: ["timeout"] });
    const space = await failoverWorkspace({ a });
    for (const time of ["0.3", "300ms"]) {
      const run = await space.nexus(["chat", "-p", "a", "--timeout", time, "x"]);
      expect(run).toMatchObject({ code: 5, stdout: "" });
      expect(run.stderr).toContain("nexus: chain: a: timeout\n");
    }
  });

  it("--zone restricted never reaches an open backend, --min-tier none below it", async () => {
    const a = await backend();
    const space = await failoverWorkspace({ a: { ...a, record: { zone: "open", tier: 2 } } });
    const zone = await space.nexus(["chat", "-p", "a", "--zone", "restricted", "--json", "x"]);
    expect(zone.code).toBe(6);
    expect(JSON.parse(zone.stdout).error.code).toBe("privacy_constraint_violation");
    const tier = await space.nexus(["chat", "-p", "a", "--min-tier", "3", "x"]);
    expect(tier.code).toBe(6);
    expect(a.chats).toHaveLength(0);
  });
});

describe("--explain", () => {
  it("T16 --ndjson tells a profile that does not exist in one line, and a plan in one", async () => {
    const a = await backend();
    const space = await failoverWorkspace({ a });
    const none = await space.nexus(["chat", "-p", "nope", "--ndjson", "x"]);
    expect(none.code).toBe(3);
    expect(JSON.parse(none.stdout)).toMatchObject({
      type: "error",
      attempts: [],
      error: { name: "NotFound" },
    });
    const plan = await space.nexus(["chat", "-p", "a", "--explain", "--ndjson", "x"]);
    expect(plan.stdout).toMatch(/^[^\n]+\n$/);
    expect(JSON.parse(plan.stdout)).toMatchObject({ type: "done", candidates: [{ member: "a" }] });
  });

  it("prints whom it would ask and sends nothing", async () => {
    const [a, b] = [await backend(), await backend()];
    const space = await failoverWorkspace({ a, b: { ...b, record: { zone: "open" } } });
    const run = await space.nexus(["chat", "-p", "lb", "--explain", "--zone", "restricted", "x"]);
    expect(run.code).toBe(0);
    expect(run.stdout).toMatch(/1 {2}a: m-a @ a \(zone restricted, tier 1\)\n {2}- {2}b: m-b @ b: .*zone/);
    expect([...a.requests, ...b.requests]).toHaveLength(0);
  });

  it("prints the same as JSON, and needs no prompt", async () => {
    const a = await backend();
    const space = await failoverWorkspace({ a });
    const run = await space.nexus(["chat", "-p", "a", "--explain", "--json"]);
    expect(run.code).toBe(0);
    expect(JSON.parse(run.stdout)).toMatchObject({
      target: { kind: "profile", name: "a" },
      candidates: [{ member: "a", backend: "a", model: "m-a", usable: true, why: null }],
    });
  });
});

describe("whom it asks", () => {
  it("T20 --profile, then NEXUS_PROFILE, then default_profile", async () => {
    const [a, b, c] = [
      await backend({ answer: "A" }),
      await backend({ answer: "B" }),
      await backend({ answer: "C" }),
    ];
    const space = await failoverWorkspace({ a, b, c });
    await space.config({
      default_profile: "c",
      backends: {
        a: { type: "generic", url: a.url },
        b: { type: "generic", url: b.url },
        c: { type: "generic", url: c.url },
      },
    });
    const env = { NEXUS_PROFILE: "b" };
    expect((await space.nexus(["chat", "x"])).stdout).toBe("C\n");
    expect((await space.nexus(["chat", "x"], { env })).stdout).toBe("B\n");
    expect((await space.nexus(["chat", "-p", "a", "x"], { env })).stdout).toBe("A\n");
  });

  it("-m asks every backend that serves the model", async () => {
    const [a, b] = [await backend({ models: ["other"] }), await backend({ models: ["qwen3"], answer: "B" })];
    const space = await failoverWorkspace({ a, b });
    const run = await space.nexus(["chat", "-m", "qwen3", "x"]);
    expect(run).toMatchObject({ code: 0, stdout: "B\n" });
    expect(run.stderr).toContain("nexus: chain: qwen3@b: success\n");
    expect(a.chats).toHaveLength(0);
  });

  it("A002-21 an unknown profile names the nearest ones, exit 3", async () => {
    const space = await failoverWorkspace({ alpha: await backend() });
    const run = await space.nexus(["chat", "-p", "alhpa", "x"]);
    expect(run).toMatchObject({ code: 3, stdout: "" });
    expect(run.stderr).toContain('no profile is called "alhpa" (did you mean alpha?)');
  });

  it("with nothing at all it shows three ways to get going, exit 3", async () => {
    const space = await workspace();
    const run = await space.nexus(["chat", "x"]);
    expect(run).toMatchObject({ code: 3, stdout: "" });
    expect(run.stderr).toMatch(/OPENAI_API_KEY[\s\S]*nexus backend add[\s\S]*nexus demo/);
  });
});

describe("T16 JSON for every outcome, with the exit code of text mode", () => {
  it.each([
    ["an unknown flag", ["chat", "--nope", "x"], 2],
    ["an unknown command", ["chatt", "x"], 2],
    ["a bad --set", ["chat", "--set", "x", "x"], 2],
    ["no prompt", ["chat"], 2],
    ["an unknown profile", ["chat", "-p", "nope", "x"], 3],
    ["nothing configured", ["chat", "x"], 3],
  ])("%s", async (_name, args, code) => {
    const space = await workspace();
    expect(await space.nexus(args)).toMatchObject({ code, stdout: "" });
    const json = await space.nexus([...args, "--json"]);
    expect(json.code).toBe(code);
    expect(JSON.parse(json.stdout).error).toMatchObject({ message: expect.any(String), failures: [] });
    const ndjson = await space.nexus([...args, "--ndjson"]);
    expect(ndjson.code).toBe(code);
    const events = ndjson.stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(events.at(-1)).toMatchObject({ type: "error", error: { message: expect.any(String) } });
    expect(events.filter(({ type }) => type === "error")).toHaveLength(1);
  });
});

describe("T25 wrong input says what, where and what next, and sends nothing", () => {
  it.each([
    ["an unreadable --file", ["-f", "missing.txt", "x"], "--file missing.txt: no such file"],
    ["a directory", ["-f", ".", "x"], "--file .: is a directory"],
    ["an endless --file", ["-f", "/dev/zero", "x"], "--file /dev/zero: more than 32 MiB"],
    ["a --file that is no text", ["-f", "dot.png", "x"], "--file dot.png: binary data"],
    ["a non-image", ["--image", "notes.txt", "x"], "--image notes.txt: is no PNG"],
    ["--set without =", ["--set", "temperature", "x"], "--set temperature: has to be key=value"],
    ["a bad --timeout", ["--timeout", "soon", "x"], "--timeout soon: has to be a time"],
    ["a bad --min-tier", ["--min-tier", "9", "x"], "--min-tier 9: has to be"],
    ["a bad --zone", ["--zone", "secret", "x"], "restricted, open"],
    ["two outputs", ["--json", "--ndjson", "x"], "--json and --ndjson exclude each other"],
    ["two targets", ["-m", "m", "x"], "--profile and --model exclude each other"],
    ["an empty prompt", [""], "there is no prompt"],
    ["- with --no-stdin", ["-n", "-"], "--no-stdin forbids it"],
  ])("%s", async (_name, args, message) => {
    const a = await backend();
    const space = await failoverWorkspace({ a });
    await space.write("dot.png", PNG);
    await space.write("notes.txt", "text");
    const run = await space.nexus(["chat", "-p", "a", ...args]);
    expect(run.code).toBe(2);
    const told = args.includes("--json") ? run.stdout : run.stderr;
    expect(told).toContain(message);
    expect(told).not.toMatch(/\n {4}at /);
    expect(a.requests).toHaveLength(0);
  });
});
