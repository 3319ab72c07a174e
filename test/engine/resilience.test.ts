import { describe, expect, test } from "vitest";
import type { Failure } from "../../src/core/failure.ts";
import type { RunEvent } from "../../src/core/outcome.ts";
import { pulled } from "../support/pulled.ts";
import { type Act, ask, backend, balancer, bench, model } from "../support/run-engine.ts";

const down: Failure = { class: "server", status: 500, message: "oops" };
const two = [model("a"), model("b")];
const lb = (settings = {}) => balancer("lb", ["a", "b"], { settings });
const limited = (retryAfterMs?: number): Failure => ({
  class: "rate_limited",
  status: 429,
  message: "slow down",
  ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
});

async function failures(act: Failure, settings = {}, times = 4) {
  const made = bench({
    profiles: [...two, lb(settings)],
    acts: { "a-model": [act] },
    keys: new Map([["a", "key 1"]]),
  });
  const chains: string[] = [];
  for (let n = 0; n < times; n++) chains.push((await made.run()).chainLog[0] ?? "");
  return { chains, calls: made.calls.filter((call) => call.model === "a-model").length };
}

describe("the breaker in the engine", () => {
  test("A002-04 A002-10 after three failures a dead member costs no call", async () => {
    const { chains, calls } = await failures(down);
    expect(chains).toEqual([
      "a: failed (500 oops)",
      "a: failed (500 oops)",
      "a: failed (500 oops)",
      "a: circuit open (skipped)",
    ]);
    expect(calls).toBe(3);
  });

  test("A002-17 exactly the classes that the contract names count against a member", async () => {
    const counting: Failure[] = [
      down,
      { class: "overloaded", status: 503, message: "x" },
      { class: "network", code: "ECONNRESET", message: "x" },
      { class: "malformed", message: "empty response" },
      { class: "model_missing", status: 404, message: "x" },
      { class: "timeout", limit: "first-content", message: "x" },
      { class: "auth", status: 401, message: "x" },
      limited(),
    ];
    for (const failure of counting) expect([failure, (await failures(failure)).calls]).toEqual([failure, 3]);
    const neutral: Failure[] = [
      { class: "timeout", limit: "total", borrowedLimit: true, message: "x" },
      { class: "context", status: 400, message: "x" },
      { class: "refused", status: 400, message: "x" },
      { class: "invalid", status: 400, message: "x" },
    ];
    for (const failure of neutral) expect([failure, (await failures(failure)).calls]).toEqual([failure, 4]);
  });

  test("A002-05 A002-06 a half-open member gets one probe, and its success closes the breaker", async () => {
    const made = bench({ profiles: [...two, lb()], acts: { "a-model": [down, down, down, "ok"] } });
    for (let n = 0; n < 3; n++) await made.run();
    await made.clock.advance(300_000);
    expect((await made.run()).chainLog).toEqual(["a: success"]);
    expect((await made.run()).chainLog).toEqual(["a: success"]);
  });

  test("A002-05 under concurrency only one probe is sent; the others go on at once", async () => {
    const hang: Act[] = [
      down,
      down,
      down,
      [{ wait: 1_000 }, { type: "text-delta", text: "back" }, { type: "response-end", reason: "stop" }],
    ];
    const made = bench({ profiles: [...two, lb()], acts: { "a-model": hang } });
    for (let n = 0; n < 3; n++) await made.run();
    await made.clock.advance(300_000);
    const runs = Array.from({ length: 20 }, () => made.start());
    await made.clock.advance(5_000);
    const logs = (await Promise.all(runs.map(({ done }) => done))).map(({ chainLog }) =>
      chainLog.join(" -> "),
    );
    expect(logs.filter((log) => log === "a: success")).toHaveLength(1);
    expect(logs.filter((log) => log === "a: circuit open (skipped) -> b: success")).toHaveLength(19);
  });

  test("A002-07 a failed probe opens it for another recovery time", async () => {
    const made = bench({ profiles: [...two, lb()], acts: { "a-model": [down] } });
    for (let n = 0; n < 3; n++) await made.run();
    await made.clock.advance(300_000);
    expect((await made.run()).chainLog[0]).toBe("a: failed (500 oops)");
    await made.clock.advance(299_000);
    expect((await made.run()).chainLog[0]).toBe("a: circuit open (skipped)");
  });

  test("a probe that the user aborts gives its permit back", async () => {
    const made = bench({ profiles: [...two, lb()], acts: { "a-model": [down, down, down, "hang", "ok"] } });
    for (let n = 0; n < 3; n++) await made.run();
    await made.clock.advance(300_000);
    const controller = new AbortController();
    const { done } = made.start({}, controller.signal);
    await made.clock.advance(1);
    controller.abort();
    await done;
    expect((await made.run()).chainLog).toEqual(["a: success"]);
  });

  test("a probe whose reader leaves before it is sent gives its permit back", async () => {
    const made = bench({ profiles: [...two, lb()], acts: { "a-model": [down, down, down, "ok"] } });
    for (let n = 0; n < 3; n++) await made.run();
    await made.clock.advance(300_000);
    const input = {
      requestId: "r",
      door: "chat",
      target: { kind: "profile", name: "lb" },
      request: ask(),
      rateLimitWaitMs: 0,
    } as const;
    for await (const event of pulled<RunEvent>((tell, signal) => made.engine.run(input, signal, tell))) {
      if (event.type === "attempt-start") break;
    }
    expect((await made.run()).chainLog).toEqual(["a: success"]);
  });

  test("A002-05 a probe holds its permit as long as its answer flows, and the wait of the outermost profile", async () => {
    const slow = Array.from({ length: 40 }, () => [
      { wait: 50_000 },
      { type: "text-delta", text: "." } as const,
    ]);
    const made = bench({
      profiles: [
        ...two,
        balancer("inner", ["a", "b"], { settings: { total_timeout_ms: 1_000 } }),
        balancer("lb", ["inner"]),
      ],
      acts: { "a-model": [down, down, down, [...slow.flat(), { type: "response-end", reason: "stop" }]] },
    });
    for (let n = 0; n < 3; n++) await made.run();
    await made.clock.advance(300_000);
    const probe = made.start();
    for (let n = 0; n < 20; n++) {
      await made.clock.advance(90_000);
      const other = made.start();
      await made.clock.advance(0);
      expect((await other.done).chainLog[0]).toBe("inner/a: circuit open (skipped)");
    }
    await made.clock.advance(200_000);
    expect((await probe.done).chainLog).toEqual(["inner/a: success"]);
  });

  test("A003-25 a profile can ignore breakers, and still records for the others", async () => {
    const made = bench({
      profiles: [...two, lb({ circuit_breaker_enabled: false }), balancer("other", ["a", "b"])],
      acts: { "a-model": [down] },
    });
    for (let n = 0; n < 5; n++) expect((await made.run()).chainLog[0]).toBe("a: failed (500 oops)");
    const other = await made.run({ target: { kind: "profile", name: "other" } });
    expect(other.chainLog).toEqual(["a: circuit open (skipped)", "b: success"]);
  });

  test("a rejected key counts for that key only, whatever the model", async () => {
    const keys = new Map([["a", "key 1"]]);
    const made = bench({
      profiles: [model("a"), model("a2", { backend: "a" }), balancer("lb", ["a"]), balancer("other", ["a2"])],
      backends: [backend("a")],
      keys,
      acts: { "a-model": [{ class: "auth", status: 401, message: "bad key" }] },
    });
    const other = { target: { kind: "profile", name: "other" } } as const;
    for (let n = 0; n < 3; n++) await made.run();
    expect((await made.run(other)).chainLog).toEqual(["a2: circuit open (skipped)"]);
    keys.set("a", "key 2");
    expect((await made.run(other)).chainLog).toEqual(["a2: success"]);
  });

  test("U78 a backend that is down every other minute costs three failures and one probe a period", async () => {
    const up = Array(58).fill("ok");
    const made = bench({
      profiles: [...two, lb({ circuit_breaker_recovery_timeout_ms: 60_000 })],
      acts: { "a-model": [down, down, down, ...up, down, down, down, ...up] },
    });
    const seen: string[] = [];
    for (let second = 0; second < 240; second++) {
      seen.push((await made.run()).chainLog[0]?.replace("a: ", "") ?? "");
      await made.clock.advance(1_000);
    }
    const period = [
      ...Array(3).fill("failed (500 oops)"),
      ...Array(59).fill("circuit open (skipped)"),
      ...Array(58).fill("success"),
    ];
    expect(seen).toEqual([...period, ...period]);
  });

  test("all skipped: the error says who is back first, and when", async () => {
    const made = bench({ profiles: [...two, lb()], acts: { "a-model": [down], "b-model": [down] } });
    for (let n = 0; n < 3; n++) await made.run();
    const { error, chainLog } = await made.run();
    expect(chainLog).toEqual(["a: circuit open (skipped)", "b: circuit open (skipped)"]);
    expect(error).toMatchObject({ code: "fallback_chain_exhausted", retryable: true });
    expect(error?.message).toMatch(/; first back: a in 5 min$/);
  });
});

describe("cool-downs", () => {
  test("U68 a stated wait is honoured: skipped meanwhile, back by itself after", async () => {
    const made = bench({ profiles: [...two, lb()], acts: { "a-model": [limited(60_000), "ok"] } });
    expect((await made.run()).chainLog).toEqual(["a: rate limited", "b: success"]);
    expect((await made.run()).chainLog).toEqual(["a: cooling down (skipped)", "b: success"]);
    await made.clock.advance(60_000);
    expect((await made.run()).chainLog).toEqual(["a: success"]);
  });

  test("U71 a burst of rate limits is one cool-down and no failures", async () => {
    const later: Act = [{ wait: 20 }, { type: "failure", failure: limited(30_000) }];
    const made = bench({ profiles: [...two, lb()], acts: { "a-model": [...Array(100).fill(later), "ok"] } });
    const runs = [];
    for (let n = 0; n < 100; n++) {
      runs.push(made.start());
      await made.clock.advance(n < 50 ? 0 : 1);
    }
    await made.clock.advance(20);
    const logs = (await Promise.all(runs.map(({ done }) => done))).map(({ chainLog }) => chainLog[0]);
    // Nobody is sent there who comes after the first answer: the 50 under way, and those of the 20 ms until then.
    const asked = logs.filter((text) => text === "a: rate limited").length;
    expect(asked).toBeLessThanOrEqual(50 + 20);
    expect(logs.filter((text) => text === "a: cooling down (skipped)")).toHaveLength(100 - asked);
    await made.clock.advance(30_000);
    expect((await made.run()).chainLog).toEqual(["a: rate limited", "b: success"]);
    expect(made.calls.filter(({ model }) => model === "a-model")).toHaveLength(asked + 1);
  });

  test("U62 spent credit keeps a member out for an hour when no time is stated", async () => {
    const made = bench({
      profiles: [...two, lb()],
      acts: { "a-model": [{ class: "quota", status: 402, message: "no credit" }, "ok"] },
    });
    await made.run();
    await made.clock.advance(3_500_000);
    expect((await made.run()).chainLog[0]).toBe("a: cooling down (skipped)");
    await made.clock.advance(100_000);
    expect((await made.run()).chainLog[0]).toBe("a: success");
  });

  test("U70 a rate limit is believed for an hour at the most", async () => {
    const made = bench({ profiles: [...two, lb()], acts: { "a-model": [limited(1e12), "ok"] } });
    await made.run();
    await made.clock.advance(3_600_001);
    expect((await made.run()).chainLog[0]).toBe("a: success");
  });

  test("everybody rate limited: waits once for the first to come back, if that is soon", async () => {
    const made = bench({
      profiles: [...two, lb()],
      acts: { "a-model": [limited(9_000), "ok"], "b-model": [limited(4_000), "ok"] },
    });
    const outcome = await made.run();
    expect(outcome.chainLog).toEqual(["a: rate limited", "b: rate limited", "b: success"]);
    expect(outcome.attempts[2]?.waitMs).toBe(4_000);
    expect(outcome.events).toContainEqual({ type: "waiting", member: "b", ms: 4_000, why: "rate-limit" });
  });

  test("spent credit that is back sooner is not waited for; the rate limit after it is", async () => {
    const made = bench({
      profiles: [...two, lb()],
      acts: {
        "a-model": [{ class: "quota", status: 429, message: "no credit", retryAfterMs: 1_000 }],
        "b-model": [limited(4_000), "ok"],
      },
    });
    expect((await made.run()).chainLog).toEqual(["a: rate limited", "b: rate limited", "b: success"]);
  });

  test("everybody rate limited for longer: ends at once with the shortest wait", async () => {
    const made = bench({
      profiles: [...two, lb()],
      acts: { "a-model": [limited(90_000)], "b-model": [limited(40_000)] },
    });
    const { error, durationMs } = await made.run();
    expect(durationMs).toBe(0);
    expect(error).toMatchObject({ code: "rate_limited", retryable: true, retryAfterMs: 40_000 });
  });

  test("somebody failed otherwise: there is no waiting", async () => {
    const made = bench({
      profiles: [...two, lb()],
      acts: { "a-model": [limited(1_000)], "b-model": [down] },
    });
    expect((await made.run()).durationMs).toBe(0);
  });

  test("rate_limit_wait_ms 0 never waits", async () => {
    const made = bench({
      profiles: [...two, lb({ rate_limit_wait_ms: 0 })],
      acts: { "a-model": [limited(1)], "b-model": [limited(1)] },
    });
    expect((await made.run()).durationMs).toBe(0);
  });

  test("an overloaded member that states a wait is not asked again within the run", async () => {
    const made = bench({
      profiles: [...two, lb({ failover_retry_count: 3 })],
      acts: { "a-model": [{ class: "overloaded", status: 503, message: "busy", retryAfterMs: 5_000 }] },
    });
    expect((await made.run()).chainLog).toEqual(["a: failed (503 busy)", "b: success"]);
  });
});

describe("keys", () => {
  const cloud = backend("a", { type: "openai", key: { env: ["A_KEY"], required: true } });

  test("a member without its key fails as auth; nothing is sent and nothing counted", async () => {
    const made = bench({ profiles: [...two, lb()], backends: [cloud, backend("b")] });
    for (let n = 0; n < 5; n++) expect((await made.run()).chainLog).toEqual(["a: auth failed", "b: success"]);
    expect(made.calls.filter((call) => call.model === "a-model")).toHaveLength(0);
  });

  test("the warning names the backend and the variable", async () => {
    const made = bench({ profiles: [...two, lb()], backends: [cloud, backend("b")] });
    const warnings = (await made.run()).events.filter(({ type }) => type === "warning");
    expect(warnings).toEqual([
      {
        type: "warning",
        message: 'backend "a" has no key (A_KEY is not set); set A_KEY, or: nexus key set a',
      },
    ]);
  });

  test("nothing but missing keys is an auth error", async () => {
    const made = bench({ profiles: [...two, balancer("lb", ["a"])], backends: [cloud] });
    expect((await made.run()).error).toMatchObject({
      code: "upstream_auth",
      cause: "auth",
      retryable: false,
    });
  });
});
