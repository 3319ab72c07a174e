import { describe, expect, it } from "vitest";
import { backend, deadAddress } from "./support/backends.ts";
import { failoverWorkspace } from "./support/workspace.ts";

const TIMEOUTS = { first_content_ms: 300, idle_ms: 300, answer_ms: 300 };

/** Fault, chain-log entry of the member, exit code when nobody else is there. */
const MOVES_ON = [
  ["401", "a: auth failed", 4],
  ["403", "a: auth failed", 4],
  ["402", "a: rate limited", 6],
  ["429-quota", "a: rate limited", 6],
  ["429", "a: rate limited", 5],
  ["500", /^a: failed \(500 .*\)$/, 5],
  ["502", /^a: failed \(502 .*\)$/, 5],
  ["503", /^a: failed \(503 .*\)$/, 5],
  ["529", /^a: failed \(529 .*\)$/, 5],
  ["408", /^a: failed \(408 .*\)$/, 5],
  ["timeout", "a: timeout", 5],
  ["role-only-stall", "a: timeout", 5],
  ["pings-only", "a: timeout", 5],
  ["reset", "a: failed (ECONNRESET)", 5],
  ["malformed", /^a: failed \(.*\)$/, 5],
  ["html", /^a: failed \(.*\)$/, 5],
  ["empty", "a: failed (empty response)", 5],
  ["empty-stream", "a: failed (empty response)", 5],
  ["redirect", /^a: failed \(.*\)$/, 5],
  ["error-in-200", /^a: failed \(50[03] .*\)$/, 5],
  ["error-in-stream", /^a: failed \(50[03] .*\)$/, 5],
  ["404-model", "a: failed (model not found)", 6],
] as const;

describe("§4 before the commit point: the next member answers, and nothing of the failure reaches stdout", () => {
  it.each(MOVES_ON)("A002-13…15, A003-15, A003-22 %s", async (fault, entry, alone) => {
    const [a, b] = [await backend({ steps: [fault] }), await backend({ answer: "Fine." })];
    const space = await failoverWorkspace({ a: { ...a, record: { timeouts: TIMEOUTS } }, b });
    const run = await space.nexus(["chat", "-p", "lb", "--json", "x"]);
    expect(run.code).toBe(0);
    const { answer, chain_log: chain, fallback_used: fallback } = JSON.parse(run.stdout);
    expect({ answer, fallback }).toEqual({ answer: "Fine.", fallback: true });
    expect(chain).toEqual([
      expect.stringMatching(typeof entry === "string" ? exactly(entry) : entry),
      "b: success",
    ]);
    expect([a.chats.length, b.chats.length]).toEqual([1, 1]);

    // Without what the first run has learned of it.
    const env = { NEXUS_STATE_DIR: `${space.dir}/other-state` };
    const failed = await space.nexus(["chat", "-p", "a", "x"], { env });
    expect(failed).toMatchObject({ code: alone, stdout: "" });
    expect(failed.stderr).toContain("nexus: failed: All models in chain failed: a: ");
  });

  it("A002-13 a dead port", async () => {
    const [url, b] = [await deadAddress(), await backend({ answer: "Fine." })];
    const space = await failoverWorkspace({ a: { url }, b });
    const run = await space.nexus(["chat", "-p", "lb", "x"]);
    expect(run).toMatchObject({ code: 0, stdout: "Fine.\n" });
    expect(run.stderr).toContain("chain: a: failed (ECONNREFUSED) -> b: success");
  });
});

describe("§4 the caller's mistake and a refusal are answered once, by nobody else", () => {
  it.each([
    ["400", /^a: failed \(400 .*\)$/],
    ["422", /^a: failed \(422 .*\)$/],
    ["400-policy", /^a: failed \(content policy\)$/],
  ])("%s", async (fault, entry) => {
    const [a, b] = [await backend({ steps: [fault] }), await backend()];
    const space = await failoverWorkspace({ a, b });
    const run = await space.nexus(["chat", "-p", "lb", "--json", "x"]);
    expect(run.code).toBe(6);
    expect(JSON.parse(run.stdout).chain_log).toEqual([expect.stringMatching(entry)]);
    expect(b.chats).toHaveLength(0);
  });

  it("a context that is too long goes on to a member whose window may be larger", async () => {
    const [a, b] = [await backend({ steps: ["400-context"] }), await backend({ answer: "Fine." })];
    const space = await failoverWorkspace({ a, b });
    const run = await space.nexus(["chat", "-p", "lb", "x"]);
    expect(run).toMatchObject({ code: 0, stdout: "Fine.\n" });
    expect(run.stderr).toMatch(/chain: a: failed \(context length.*\) -> b: success/);
    expect((await space.nexus(["chat", "-p", "a", "x"])).code).toBe(6);
  });
});

describe("§4 after the commit point: what came stays, nobody else is asked, exit 7", () => {
  it.each([
    "cut-stream",
    "end-stream",
    "stall",
    "malformed-after",
    "done-only-after",
    "error-in-stream-after:error=503",
    "error-in-stream-after:error=429",
    "error-in-stream-after:error=401",
    "old-http-cut",
  ])("A003-16 %s", async (fault) => {
    const [a, b] = [await backend({ steps: [fault], answer: "Hello there." }), await backend()];
    const space = await failoverWorkspace({ a: { ...a, record: { timeouts: TIMEOUTS } }, b });
    const run = await space.nexus(["chat", "-p", "lb", "x"]);
    expect(run.code).toBe(7);
    expect(run.stdout).toMatch(/^Hello ?\n$/);
    expect(run.stderr).toContain("nexus: failed: the answer broke off: a: ");
    expect([a.chats.length, b.chats.length]).toEqual([1, 0]);
  });

  it("A003-16 the JSON modes say the same, with exactly one last event", async () => {
    const [a, b] = [await backend({ steps: ["cut-stream"], answer: "Hello there." }), await backend()];
    const space = await failoverWorkspace({ a, b });
    const json = await space.nexus(["chat", "-p", "lb", "--json", "x"]);
    expect(json.code).toBe(7);
    expect(JSON.parse(json.stdout)).toMatchObject({
      answer: expect.stringMatching(/^Hello/),
      final_model: null,
      error: { name: "StreamInterrupted" },
    });
    const ndjson = await space.nexus(["chat", "-p", "lb", "--ndjson", "x"]);
    expect(ndjson.code).toBe(7);
    const types = ndjson.stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line).type);
    expect(types).toEqual(["start", "delta", "attempt", "error"]);
  });
});

describe("settings of a load balancer", () => {
  it("A003-12 failover_retry_count attempts on a member before the next", async () => {
    const [a, b] = [await backend({ steps: ["503"] }), await backend()];
    const space = await failoverWorkspace({ a, b }, { failover_retry_count: 3 });
    const run = await space.nexus(["chat", "-p", "lb", "--debug", "x"]);
    expect(run.code).toBe(0);
    expect([a.chats.length, b.chats.length]).toEqual([3, 1]);
    expect(run.stderr).toContain("debug: attempt 2: a (m-a @ a), retry");
  });

  it("A003-22 429, 401, 402 and 403 are not repeated on the same member", async () => {
    for (const fault of ["429", "401", "402", "403"]) {
      const [a, b] = [await backend({ steps: [fault] }), await backend()];
      const space = await failoverWorkspace({ a, b }, { failover_retry_count: 3 });
      expect((await space.nexus(["chat", "-p", "lb", "x"])).code).toBe(0);
      expect([fault, a.chats.length]).toEqual([fault, 1]);
    }
  });

  it("A003-18 failover_on_network_errors: only false stops at a network error", async () => {
    const [a, b] = [await backend({ steps: ["reset"] }), await backend({ answer: "Fine." })];
    const stopping = await failoverWorkspace({ a, b }, { failover_on_network_errors: false });
    expect(await stopping.nexus(["chat", "-p", "lb", "x"])).toMatchObject({ code: 5, stdout: "" });
    expect(b.chats).toHaveLength(0);
    const going = await failoverWorkspace({ a, b }, { failover_on_network_errors: true });
    expect(await going.nexus(["chat", "-p", "lb", "x"])).toMatchObject({ code: 0, stdout: "Fine.\n" });
  });

  it("A003-19 failover_status_codes: [503] moves on for 503 and stops at 500", async () => {
    for (const [fault, code] of [
      ["503", 0],
      ["500", 5],
    ] as const) {
      const [a, b] = [await backend({ steps: [fault] }), await backend()];
      const space = await failoverWorkspace({ a, b }, { failover_status_codes: [503] });
      expect((await space.nexus(["chat", "-p", "lb", "x"])).code).toBe(code);
    }
  });

  it("A002-22 timeout_ms replaces the backend's limit", async () => {
    const [a, b] = [await backend({ steps: ["timeout"] }), await backend({ answer: "Fine." })];
    const space = await failoverWorkspace({ a, b }, { timeout_ms: 200 });
    const run = await space.nexus(["chat", "-p", "lb", "x"]);
    expect(run).toMatchObject({ code: 0, stdout: "Fine.\n" });
    expect(run.stderr).toContain("chain: a: timeout -> b: success");
  });

  it("A003-10, A003-11 the third member is asked after two failures, and none after the one that answered", async () => {
    const [a, b] = [await backend({ steps: ["500"] }), await backend({ steps: ["401"] })];
    const [c, d] = [await backend({ answer: "C" }), await backend()];
    const space = await failoverWorkspace({ a, b, c, d });
    const run = await space.nexus(["chat", "-p", "lb", "x"]);
    expect(run).toMatchObject({ code: 0, stdout: "C\n" });
    expect([a, b, c, d].map(({ chats }) => chats.length)).toEqual([1, 1, 1, 0]);
  });

  it("A003-33 a failure without a status moves on by default", async () => {
    const [a, b] = [await backend({ steps: ["close"] }), await backend({ answer: "Fine." })];
    const space = await failoverWorkspace({ a, b });
    expect(await space.nexus(["chat", "-p", "lb", "x"])).toMatchObject({ code: 0, stdout: "Fine.\n" });
  });
});

it("A002-19 a profile whose members are all gone says what is wrong with each, exit 3", async () => {
  const space = await failoverWorkspace({ a: await backend(), b: await backend() });
  await space.profile("ghosts", {
    version: 1,
    type: "loadbalancer",
    policy: "failover",
    profiles: ["x", "y"],
  });
  const run = await space.nexus(["chat", "-p", "ghosts", "x"]);
  expect(run).toMatchObject({ code: 3, stdout: "" });
  expect(run.stderr).toContain("x: failed (no such profile) -> y: failed (no such profile)");
});

function exactly(text: string): RegExp {
  return new RegExp(`^${text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}$`);
}
