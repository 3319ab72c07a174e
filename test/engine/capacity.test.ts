import { describe, expect, test } from "vitest";
import type { Backend } from "../../src/core/backend.ts";
import type { Failure } from "../../src/core/failure.ts";
import type { BackendLoad } from "../../src/core/ports.ts";
import type { RoutingRules } from "../../src/core/routing.ts";
import { type Act, backend, balancer, bench, model } from "../support/run-engine.ts";

const down: Failure = { class: "server", status: 503, message: "Service Unavailable" };
const slow: Act = [
  { wait: 1_000 },
  { type: "text-delta", text: "hi" },
  { type: "response-end", reason: "stop" },
];
const at = (name: string, models: readonly string[], over: Partial<Backend> = {}) =>
  backend(name, { models: models.map((id) => ({ id })), ...over });
const m = { target: { kind: "model", name: "m" } } as const;

function benchOf(
  backends: readonly Backend[],
  more: {
    rules?: Partial<RoutingRules>;
    acts?: Readonly<Record<string, readonly Act[]>>;
    load?: Readonly<Record<string, Partial<BackendLoad>>>;
  } = {},
) {
  return bench({ profiles: [], backends, ...more });
}

describe("a backend at capacity", () => {
  const local = at("local", ["m"], { maxConcurrent: 1 });
  const cloud = at("cloud", ["m"], { priority: 60, zone: "open" });

  test("A001-10 its sibling serves, and the chain says why", async () => {
    const made = benchOf([local, cloud], { acts: { m: [slow] } });
    const first = made.start(m);
    await made.clock.advance(0);
    expect(await made.run(m)).toMatchObject({
      backend: "cloud",
      chainLog: ["m@local: at capacity (skipped)", "m@cloud: success"],
      attempts: [{ skipReason: "at capacity" }, {}],
    });
    expect(await first.done).toMatchObject({ backend: "local" });
    expect((await made.run(m)).backend).toBe("local");
  });

  test("A000-20 its fallback model serves", async () => {
    const made = benchOf([local, at("b", ["n"])], {
      acts: { m: [slow] },
      rules: { fallbacks: new Map([["m", ["n"]]]), capacityWaitMs: 5_000 },
    });
    made.start(m);
    await made.clock.advance(0);
    const { chainLog, durationMs } = await made.run(m);
    expect(chainLog).toEqual(["m@local: at capacity (skipped)", "n@b: success"]);
    expect(durationMs).toBe(0);
  });

  test("members of a profile are skipped too", async () => {
    const made = bench({
      profiles: [model("a"), model("b"), balancer("lb", ["a", "b"])],
      backends: [backend("a", { maxConcurrent: 1 }), backend("b")],
      acts: { "a-model": [slow] },
    });
    made.start();
    await made.clock.advance(0);
    expect((await made.run()).chainLog).toEqual(["a: at capacity (skipped)", "b: success"]);
  });

  test("A001-27 nobody else: capacity_exceeded at once, worth a later try", async () => {
    const made = benchOf([local], { acts: { m: [slow] } });
    made.start(m);
    await made.clock.advance(0);
    const { error, durationMs } = await made.run(m);
    expect(error).toMatchObject({ code: "capacity_exceeded", cause: "passes", retryable: true });
    expect(error).not.toHaveProperty("retryAfterMs");
    expect(durationMs).toBe(0);
  });

  test("A001-29 how long it may take is told by the mean of its answers, where there is one", async () => {
    const load = { local: { latencyMs: 3_000 } };
    const made = benchOf([{ ...local, maxConcurrent: 1 }], { acts: { m: [slow] }, load });
    made.start(m);
    await made.clock.advance(0);
    expect((await made.run(m)).error).toMatchObject({ code: "capacity_exceeded", retryAfterMs: 3_000 });
  });

  test("whoever lacks something does not hide that the others are busy", async () => {
    const made = benchOf([local, cloud], { acts: { m: [slow] } });
    made.start(m);
    await made.clock.advance(0);
    const { error } = await made.run({ ...m, zone: "restricted" });
    expect(error?.code).toBe("capacity_exceeded");
  });

  test("A001-27 one busy, another left alone: the chain is exhausted", async () => {
    const cooling: Failure = {
      class: "rate_limited",
      status: 429,
      message: "slow down",
      retryAfterMs: 60_000,
    };
    const made = benchOf([at("b", ["x"]), local, at("c", ["n"])], {
      acts: { m: [slow], n: [cooling] },
      rules: { fallbacks: new Map([["m", ["n"]]]) },
    });
    await made.run({ target: { kind: "model", name: "n" } });
    made.start(m);
    await made.clock.advance(0);
    const { error, chainLog } = await made.run(m);
    expect(chainLog).toEqual(["m@local: at capacity (skipped)", "n@c: cooling down (skipped)"]);
    expect(error).toMatchObject({ code: "fallback_chain_exhausted", cause: "passes" });
  });

  test("with capacity_wait_ms it is waited for, first come, first served", async () => {
    const made = benchOf([local], { acts: { m: [slow] }, rules: { capacityWaitMs: 5_000 } });
    const three = [made.start(m), made.start(m), made.start(m)];
    await made.clock.advance(3_000);
    const [, second, third] = await Promise.all(three.map(({ done }) => done));
    expect(second?.chainLog).toEqual(["m@local: at capacity (skipped)", "m@local: success"]);
    expect([second?.durationMs, third?.durationMs]).toEqual([2_000, 3_000]);
    expect(second?.attempts[1]?.waitMs).toBe(1_000);
  });

  test("not for longer than that, and the user can leave", async () => {
    const made = benchOf([local], { acts: { m: ["hang"] }, rules: { capacityWaitMs: 500 } });
    made.start(m);
    await made.clock.advance(0);
    const user = new AbortController();
    const [patient, gone] = [made.start(m), made.start(m, user.signal)];
    await made.clock.advance(0);
    user.abort();
    expect((await gone.done).error?.name).toBe("Aborted");
    await made.clock.advance(500);
    expect(await patient.done).toMatchObject({ durationMs: 500, error: { code: "capacity_exceeded" } });
  });

  test("a backend that fails after the wait leaves the time that is left to the others", async () => {
    const made = benchOf([local, at("other", ["n"], { maxConcurrent: 1 })], {
      acts: { m: [slow, down], n: [[{ wait: 2_000 }, ...slow]] },
      rules: { fallbacks: new Map([["m", ["n"]]]), capacityWaitMs: 5_000 },
    });
    const n = { target: { kind: "model", name: "n" } } as const;
    const [, , waits] = [made.start(m), made.start(n), made.start(m)];
    await made.clock.advance(6_000);
    expect((await waits.done).chainLog).toEqual([
      "m@local: at capacity (skipped)",
      "n@other: at capacity (skipped)",
      "m@local: failed (503 Service Unavailable)",
      "n@other: success",
    ]);
  });

  test("an answer that its reader gave up gives its slot back", async () => {
    const made = benchOf([local], { acts: { m: [slow, "ok"] } });
    const user = new AbortController();
    const first = made.start(m, user.signal);
    await made.clock.advance(0);
    user.abort();
    await first.done;
    expect((await made.run(m)).backend).toBe("local");
  });
});

describe("the health of a backend", () => {
  const two = [at("a", ["m"]), at("b", ["m"])];

  test.each(["unhealthy", "draining"] as const)("one that is %s is asked nothing", async (status) => {
    const made = benchOf(two, { load: { a: { status } } });
    expect((await made.run(m)).chainLog).toEqual([`m@a: ${status} (skipped)`, "m@b: success"]);
    const both = benchOf(two, { load: { a: { status }, b: { status } } });
    expect((await both.run(m)).error).toMatchObject({ code: "fallback_chain_exhausted", cause: "passes" });
    expect([...made.calls, ...both.calls].map((call) => call.backend.name)).toEqual(["b"]);
  });

  test("one of which nothing is known may serve", async () => {
    expect((await benchOf(two).run(m)).backend).toBe("a");
  });

  test("smart goes by what is under way and how long answers take", async () => {
    const load = { a: { pending: 40, latencyMs: 900 } };
    expect((await benchOf(two, { load }).run(m)).backend).toBe("b");
  });

  test("A000-17 an unhealthy model in a chain is passed over like the first", async () => {
    const made = benchOf([at("a", ["m"]), at("b", ["n"]), at("c", ["o"])], {
      acts: { m: [down] },
      rules: { fallbacks: new Map([["m", ["n", "o"]]]) },
      load: { b: { status: "unhealthy" } },
    });
    expect((await made.run(m)).chainLog.slice(1)).toEqual(["n@b: unhealthy (skipped)", "o@c: success"]);
  });

  test("A001-04 the chain log tells why it is unhealthy; one that is to be left alone is no worse for it", async () => {
    const error = "refused (status 401)";
    const load = { a: { status: "unhealthy", error }, b: { status: "draining", error } } as const;
    const made = benchOf([...two, at("c", ["m"])], { load });
    expect((await made.run(m)).chainLog).toEqual([
      "m@a: unhealthy: refused (status 401) (skipped)",
      "m@b: draining (skipped)",
      "m@c: success",
    ]);
  });
});
