import { describe, expect, test } from "vitest";
import type { Mock, MockOptions } from "../../src/mock/mock.ts";
import { backend } from "./support/backends.ts";
import { type Workspace, workspace } from "./support/workspace.ts";

/** A member: the backend it stands for, and its model where it is not `m`. */
type Member = readonly [backend: string, model?: string];

/**
 * A failover profile whose members may share a backend and model, so that one run meets its breaker several times, and
 * how often each backend was asked.
 */
async function chain(
  scripts: Readonly<Record<string, MockOptions>>,
  members: Readonly<Record<string, Member>>,
  settings: object = {},
): Promise<{ space: Workspace; mocks: ReadonlyMap<string, Mock>; run: () => Promise<readonly string[]> }> {
  const space = await workspace();
  const mocks = new Map<string, Mock>();
  for (const [name, script] of Object.entries(scripts)) mocks.set(name, await backend(script));
  await space.config({
    backends: Object.fromEntries([...mocks].map(([name, { url }]) => [name, { type: "generic", url }])),
  });
  for (const [name, [server, model = "m"]] of Object.entries(members)) {
    await space.profile(name, { version: 1, type: "model", backend: server, model });
  }
  const profiles = Object.keys(members);
  await space.profile("lb", { version: 1, type: "loadbalancer", policy: "failover", profiles, settings });
  const run = async () => {
    const { stdout } = await space.nexus(["chat", "-p", "lb", "--json", "hi"]);
    const { chain_log } = JSON.parse(stdout);
    return chain_log;
  };
  return { space, mocks, run };
}

const DOWN = "503:message=down";
const failed = (name: string) => `${name}: failed (503 down)`;
const open = (name: string) => `${name}: circuit open (skipped)`;
/** Recovery short enough for a slow member in between to outlast it. */
const QUICK = { circuit_breaker_recovery_timeout_ms: 200 };
const SLOW: MockOptions = { latencyMs: 400, steps: [DOWN] };

describe("the breaker through the built program", () => {
  test("A002-01 A002-03 A002-04 A002-10 closed at first, open at the third failure, and then it costs no call", async () => {
    const { mocks, run } = await chain(
      { bad: { steps: [DOWN] }, good: {} },
      { a: ["bad"], b: ["bad"], c: ["bad"], d: ["bad"], e: ["good"] },
    );
    expect(await run()).toEqual([failed("a"), failed("b"), failed("c"), open("d"), "e: success"]);
    expect(mocks.get("bad")?.chats).toHaveLength(3);
  });

  test("A002-02 each model of a backend has a breaker of its own", async () => {
    const { run } = await chain(
      { bad: { steps: [DOWN] } },
      { a: ["bad"], b: ["bad"], c: ["bad"], other: ["bad", "other"], d: ["bad"] },
    );
    expect(await run()).toEqual([failed("a"), failed("b"), failed("c"), failed("other"), open("d")]);
  });

  test("A002-05 A002-07 after the recovery time one probe goes out, and its failure opens it again", async () => {
    const { mocks, run } = await chain(
      { bad: { steps: [DOWN] }, slow: SLOW, good: {} },
      {
        a: ["bad"],
        b: ["bad"],
        c: ["bad"],
        d: ["bad"],
        slow: ["slow"],
        probe: ["bad"],
        e: ["bad"],
        good: ["good"],
      },
      QUICK,
    );
    expect(await run()).toEqual([
      failed("a"),
      failed("b"),
      failed("c"),
      open("d"),
      failed("slow"),
      failed("probe"),
      open("e"),
      "good: success",
    ]);
    expect(mocks.get("bad")?.chats).toHaveLength(4);
  });

  test("A002-05 A002-06 a probe that succeeds answers the request", async () => {
    const { run } = await chain(
      { bad: { steps: [DOWN, DOWN, DOWN, "ok"] }, slow: SLOW },
      { a: ["bad"], b: ["bad"], c: ["bad"], slow: ["slow"], probe: ["bad"] },
      QUICK,
    );
    expect(await run()).toEqual([failed("a"), failed("b"), failed("c"), failed("slow"), "probe: success"]);
  });

  test("A002-08 failures older than the window are forgotten", async () => {
    const { run } = await chain(
      { bad: { steps: [DOWN] }, slow: SLOW },
      { a: ["bad"], b: ["bad"], slow: ["slow"], c: ["bad"], d: ["bad"], e: ["bad"], f: ["bad"] },
      { circuit_breaker_failure_window_ms: 300 },
    );
    expect(await run()).toEqual([
      failed("a"),
      failed("b"),
      failed("slow"),
      failed("c"),
      failed("d"),
      failed("e"),
      open("f"),
    ]);
  });

  test("A002-17 a page of HTML counts, a context error does not", async () => {
    const members = { a: ["bad"], b: ["bad"], c: ["bad"], d: ["bad"] } as const;
    const html = await chain({ bad: { steps: ["html"] } }, members);
    await html.run();
    expect(html.mocks.get("bad")?.chats).toHaveLength(3);
    const context = await chain({ bad: { steps: ["400-context"] } }, members);
    await context.run();
    expect(context.mocks.get("bad")?.chats).toHaveLength(4);
  });

  test("A003-25 a profile can ignore breakers", async () => {
    const { mocks, run } = await chain(
      { bad: { steps: [DOWN] } },
      { a: ["bad"], b: ["bad"], c: ["bad"], d: ["bad"] },
      { circuit_breaker_enabled: false },
    );
    await run();
    expect(mocks.get("bad")?.chats).toHaveLength(4);
  });

  test("A002-14 A002-15 A003-22 a refused key is not tried again, and the next member is asked", async () => {
    for (const status of ["401", "403"]) {
      const { mocks, run } = await chain(
        { bad: { steps: [status] }, good: {} },
        { a: ["bad"], b: ["good"] },
        { failover_retry_count: 3 },
      );
      expect(await run()).toEqual(["a: auth failed", "b: success"]);
      expect(mocks.get("bad")?.chats).toHaveLength(1);
    }
  });
});
