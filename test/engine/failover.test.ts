import { describe, expect, test } from "vitest";
import type { Failure } from "../../src/core/failure.ts";
import { balancer, bench, model } from "../support/run-engine.ts";

const down: Failure = { class: "overloaded", status: 503, message: "Service Unavailable" };
const limited: Failure = { class: "rate_limited", status: 429, message: "slow down" };
const refused: Failure = { class: "network", code: "ECONNREFUSED", message: "connect ECONNREFUSED" };
const three = [model("a"), model("b"), model("c")];
const lb = (settings = {}) => balancer("lb", ["a", "b", "c"], { settings });
const asked = (calls: readonly { model: string }[]) => calls.map((call) => call.model);

describe("failover", () => {
  test("A003-10 A003-11 A003-30 asks the first member, and nobody else when it answers", async () => {
    const { run, calls } = bench({ profiles: [...three, lb()] });
    const outcome = await run();
    expect(asked(calls)).toEqual(["a-model"]);
    expect(outcome).toMatchObject({
      chainLog: ["a: success"],
      actualModel: "a-model",
      fallbackUsed: false,
      degraded: false,
    });
  });

  test("A002-12 A003-10 asks the third member only after the first two failed", async () => {
    const { run, calls } = bench({
      profiles: [...three, lb()],
      acts: { "a-model": [down], "b-model": [refused] },
    });
    const outcome = await run();
    expect(asked(calls)).toEqual(["a-model", "b-model", "c-model"]);
    expect(outcome).toMatchObject({
      chainLog: ["a: failed (503 Service Unavailable)", "b: failed (ECONNREFUSED)", "c: success"],
      actualModel: "c-model",
      answeringMember: "c",
      fallbackUsed: true,
      degraded: true,
    });
  });

  test("A003-13 A003-14 A002-18 nobody answers: the error names the profile and every member's own cause", async () => {
    const { run } = bench({
      profiles: [...three, lb()],
      acts: {
        "a-model": [down],
        "b-model": [refused],
        "c-model": [{ class: "auth", status: 401, message: "bad key" }],
      },
    });
    const { error, actualModel } = await run();
    expect(actualModel).toBeUndefined();
    expect(error).toMatchObject({
      name: "LoadBalancerFailoverError",
      profile: "lb",
      cause: "passes",
      retryable: true,
    });
    expect(error?.message).toBe(
      "All models in chain failed: a: 503 Service Unavailable; b: connect ECONNREFUSED; c: 401 bad key",
    );
    expect(error?.failures.map(({ member, status }) => [member, status])).toEqual([
      ["a", 503],
      ["b", undefined],
      ["c", 401],
    ]);
  });

  test("A003-33 the failures of an error cannot be changed by whoever reads them", async () => {
    const { run } = bench({
      profiles: [...three, lb()],
      acts: { "a-model": [down], "b-model": [down], "c-model": [down] },
    });
    const { error } = await run();
    expect(Object.isFrozen(error?.failures)).toBe(true);
  });

  test("A002-19 a chain without members says so", async () => {
    const { run } = bench({ profiles: [balancer("lb", [])] });
    const outcome = await run();
    expect(outcome.chainLog).toEqual(["No models in chain"]);
    expect(outcome.error).toMatchObject({ message: "No models configured in chain", cause: "config" });
  });

  test("A003-07 a member that does not exist fails alone", async () => {
    const { run } = bench({ profiles: [model("b"), balancer("lb", ["gone", "b"])] });
    const outcome = await run();
    expect(outcome.chainLog).toEqual(["gone: failed (no such profile)", "b: success"]);
    expect(outcome.events.filter(({ type }) => type === "warning")).toEqual([
      { type: "warning", message: "member gone: no such profile" },
    ]);
  });

  test("A003-07 a member whose backend does not exist fails alone", async () => {
    const { run } = bench({ profiles: [model("a"), model("b"), balancer("lb", ["a", "b"])], backends: [] });
    expect((await run()).chainLog).toEqual(["a: failed (no such backend)", "b: failed (no such backend)"]);
  });

  test("A002-14 A003-22 auth, quota and rate limits move on at once, whatever the retry count", async () => {
    for (const failure of [
      { class: "auth", status: 401, message: "no" },
      { class: "auth", status: 403, message: "no" },
      { class: "quota", status: 402, message: "no" },
      limited,
    ] satisfies Failure[]) {
      const { run, calls } = bench({
        profiles: [...three, lb({ failover_retry_count: 3 })],
        acts: { "a-model": [failure] },
      });
      await run();
      expect(asked(calls)).toEqual(["a-model", "b-model"]);
    }
  });

  test("A003-12 a member is asked retry_count times, with the delay between, before the next", async () => {
    const { run, calls } = bench({
      profiles: [
        ...three,
        lb({ failover_retry_count: 3, failover_retry_delay_ms: 700, circuit_breaker_enabled: false }),
      ],
      acts: { "a-model": [down] },
    });
    const outcome = await run();
    expect(asked(calls)).toEqual(["a-model", "a-model", "a-model", "b-model"]);
    expect(outcome.attempts.map(({ waitMs }) => waitMs)).toEqual([0, 700, 700, 0]);
  });

  test("a caller's mistake is answered once and never handed on", async () => {
    for (const failure of [
      { class: "invalid", status: 400, message: "messages: bad" },
      { class: "refused", status: 400, message: "content policy" },
    ] satisfies Failure[]) {
      const { run, calls } = bench({ profiles: [...three, lb()], acts: { "a-model": [failure] } });
      const outcome = await run();
      expect(asked(calls)).toEqual(["a-model"]);
      expect(outcome.error).toMatchObject({
        name: "RequestRejected",
        code: failure.class,
        cause: "permanent",
      });
    }
  });

  test("A003-18 only the switch stops failover on network errors, and then it really stops", async () => {
    const acts = { "a-model": [refused] };
    const on = bench({ profiles: [...three, lb()], acts });
    await on.run();
    expect(asked(on.calls)).toEqual(["a-model", "b-model"]);
    const off = bench({ profiles: [...three, lb({ failover_on_network_errors: false })], acts });
    const outcome = await off.run();
    expect(asked(off.calls)).toEqual(["a-model"]);
    expect(outcome.error?.name).toBe("RequestRejected");
  });

  test("A003-19 a list of statuses moves on exactly those", async () => {
    const settings = { failover_status_codes: [503] };
    const moved = bench({ profiles: [...three, lb(settings)], acts: { "a-model": [down] } });
    await moved.run();
    expect(asked(moved.calls)).toEqual(["a-model", "b-model"]);
    const stopped = bench({
      profiles: [...three, lb(settings)],
      acts: { "a-model": [{ class: "server", status: 500, message: "oops" }] },
    });
    await stopped.run();
    expect(asked(stopped.calls)).toEqual(["a-model"]);
    const unset = bench({
      profiles: [...three, lb()],
      acts: { "a-model": [limited], "b-model": [{ class: "server", status: 599, message: "oops" }] },
    });
    await unset.run();
    expect(asked(unset.calls)).toEqual(["a-model", "b-model", "c-model"]);
  });

  test("a chain that a rate limit stopped tells when its member is back", async () => {
    const { run } = bench({
      profiles: [...three, lb({ failover_status_codes: [503] })],
      acts: { "a-model": [{ ...limited, retryAfterMs: 7_000 }] },
    });
    expect((await run()).error).toMatchObject({ name: "RequestRejected", retryAfterMs: 7_000 });
  });

  test("A003-33 a failure without a status moves on whatever the list says", async () => {
    const { run, calls } = bench({
      profiles: [...three, lb({ failover_status_codes: [503] })],
      acts: { "a-model": [refused] },
    });
    await run();
    expect(asked(calls)).toEqual(["a-model", "b-model"]);
  });

  test("A002-16 a poor answer is an answer", async () => {
    const { run, calls } = bench({
      profiles: [...three, lb()],
      acts: {
        "a-model": [
          [
            { type: "text-delta", text: "." },
            { type: "response-end", reason: "length" },
          ],
        ],
      },
    });
    expect(await run()).toMatchObject({ text: ".", finishReason: "length", chainLog: ["a: success"] });
    expect(calls).toHaveLength(1);
  });

  test("a bug of ours surfaces as a bug and is never a failure of a backend", async () => {
    const { run, calls, open } = bench({
      profiles: [...three, lb()],
      acts: {
        get "a-model"(): never {
          throw new TypeError("undefined is not a function");
        },
      },
    });
    await expect(run()).rejects.toThrow(TypeError);
    expect(calls).toHaveLength(0);
    expect(open()).toBe(0);
  });
});

describe("nested load balancers", () => {
  test("a nested member is named by its path, and the outermost parameters win", async () => {
    const inner = balancer("inner", ["a", "b"], { params: { temperature: 0.5, top_p: 0.1 } });
    const { run, calls } = bench({
      profiles: [
        model("a", { params: { temperature: 0.1, seed: 7 } }),
        model("b"),
        inner,
        balancer("lb", ["inner"], { params: { temperature: 0.9 } }),
      ],
      acts: { "a-model": [down] },
    });
    expect((await run()).chainLog).toEqual(["inner/a: failed (503 Service Unavailable)", "inner/b: success"]);
    expect(calls[0]?.params).toEqual({ temperature: 0.9, top_p: 0.1, seed: 7 });
  });

  test("a cycle in hand-written files is told, not followed", async () => {
    const { run } = bench({ profiles: [balancer("lb", ["other"]), balancer("other", ["lb"])] });
    expect((await run()).chainLog).toEqual([
      "other/lb: failed (profile is not valid: cycle lb -> other -> lb)",
    ]);
  });

  test("a switch of an inner load balancer closes its own members only", async () => {
    const inner = balancer("inner", ["a", "b"], { settings: { failover_on_network_errors: false } });
    const { run } = bench({
      profiles: [...three, inner, balancer("lb", ["inner", "c"])],
      acts: { "a-model": [refused] },
    });
    expect((await run()).chainLog).toEqual(["inner/a: failed (ECONNREFUSED)", "c: success"]);
  });
});

describe("parameters", () => {
  test("A003-20 member, load balancer, request: the later wins, under both policies", async () => {
    for (const policy of ["failover", "roundrobin"] as const) {
      const { run, calls } = bench({
        profiles: [
          model("a", { params: { temperature: 0.1, max_tokens: 10, seed: 1 } }),
          model("b"),
          balancer("lb", ["a", "b"], { policy, params: { temperature: 0.2, max_tokens: 20, stream: false } }),
        ],
      });
      await run({ request: { messages: [], tools: [], params: { temperature: 0.3 } } });
      expect(calls[0]?.params).toEqual({ temperature: 0.3, max_tokens: 20, seed: 1, stream: false });
      expect(calls[0]?.stream).toBe(false);
    }
  });

  test("a parameter the backend's type does not know is left out, with one warning", async () => {
    const { run, calls } = bench({
      profiles: [model("a", { params: { num_ctx: 4096 } }), balancer("lb", ["a"])],
    });
    const { events } = await run();
    expect(calls[0]?.params).toEqual({});
    expect(events).toContainEqual({
      type: "warning",
      message: "parameter num_ctx is left out: backend a (generic) does not know it",
    });
  });

  test("a profile's system text is sent when the request has none", async () => {
    const { run, calls } = bench({ profiles: [model("a", { system: "Be brief." }), balancer("lb", ["a"])] });
    await run();
    expect(calls[0]?.request.messages[0]).toEqual({
      role: "system",
      parts: [{ type: "text", text: "Be brief." }],
    });
    await run({
      request: {
        messages: [{ role: "system", parts: [{ type: "text", text: "Mine." }] }],
        tools: [],
        params: {},
      },
    });
    expect(calls[1]?.request.messages).toHaveLength(1);
  });
});
