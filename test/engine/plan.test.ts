import { describe, expect, test } from "vitest";
import type { ChatRequest } from "../../src/core/chat.ts";
import { Problem } from "../../src/core/problem.ts";
import { ask, backend, balancer, bench, model } from "../support/run-engine.ts";

const two = [model("a"), model("b")];
const image: ChatRequest = {
  messages: [{ role: "user", parts: [{ type: "image", media: "image/png", data: "AAAA" }] }],
  tools: [],
  params: {},
};

describe("filters bind", () => {
  const zones = [backend("a", { zone: "open" }), backend("b", { zone: "restricted" })];

  test("A001-12 a restricted request is never sent to an open backend", async () => {
    const made = bench({ profiles: [...two, balancer("lb", ["a", "b"])], backends: zones });
    const outcome = await made.run({ zone: "restricted" });
    expect(outcome.chainLog).toEqual(["a: outside the restricted zone (skipped)", "b: success"]);
    expect(made.calls.map((call) => call.backend.name)).toEqual(["b"]);
  });

  test("the zone of a profile binds its members, nested ones too, and a request cannot loosen it", async () => {
    const made = bench({
      profiles: [...two, balancer("inner", ["a", "b"]), balancer("lb", ["inner"], { zone: "restricted" })],
      backends: zones,
    });
    expect((await made.run({ zone: "open" })).chainLog[0]).toBe(
      "inner/a: outside the restricted zone (skipped)",
    );
  });

  test("only the zone kept everybody out: a privacy violation rather than a leak", async () => {
    const made = bench({ profiles: [...two, balancer("lb", ["a"])], backends: zones });
    const { error } = await made.run({ zone: "restricted" });
    expect(error).toMatchObject({ code: "privacy_constraint_violation", cause: "permanent" });
    expect(made.calls).toHaveLength(0);
  });

  test("a member that is broken in itself was no usable one either", async () => {
    const made = bench({ profiles: [two[0] ?? model("a"), balancer("lb", ["gone", "a"])], backends: zones });
    const { error } = await made.run({ zone: "restricted" });
    expect(error).toMatchObject({ code: "privacy_constraint_violation", cause: "permanent" });
  });

  test("once something was tried it is no privacy violation: the one that was asked tells why", async () => {
    const made = bench({
      profiles: [...two, balancer("lb", ["b", "a"])],
      backends: zones,
      acts: { "b-model": [{ class: "context", status: 400, message: "too long" }] },
    });
    const { error } = await made.run({ zone: "restricted" });
    expect(error?.code).toBe("context_length_exceeded");
  });

  test("with fallback off, or members ruled out, every cause is still told by those that were asked", async () => {
    const made = bench({
      profiles: [model("a", { model: "m" }), model("b"), balancer("lb", ["a", "b"])],
      acts: { m: [{ class: "auth", status: 401, message: "bad key" }] },
    });
    expect((await made.run({ noFallback: true })).error).toMatchObject({
      code: "upstream_auth",
      cause: "auth",
    });
  });

  test("a model that Ollama runs in its cloud is open, wherever Ollama listens", async () => {
    const made = bench({
      profiles: [model("a", { model: "gpt-oss:120b-cloud" }), balancer("lb", ["a"])],
      backends: [backend("a", { type: "ollama", zone: "restricted" })],
    });
    expect((await made.run({ zone: "restricted" })).chainLog).toEqual([
      "a: outside the restricted zone (skipped)",
    ]);
  });

  test("a copy of such a model under another name is told by Ollama's list, also to members of profiles", async () => {
    const made = bench({
      profiles: [model("a", { model: "mine" }), model("b", { model: "own" }), balancer("lb", ["a", "b"])],
      backends: ["a", "b"].map((name) => backend(name, { type: "ollama", zone: "restricted" })),
      lists: { a: [{ id: "mine:latest", elsewhere: true }], b: [{ id: "own:latest" }] },
    });
    const home = ["a: outside the restricted zone (skipped)", "b: success"];
    expect((await made.run({ zone: "restricted" })).chainLog).toEqual(home);
    expect((await made.run()).chainLog).toEqual(["a: success"]);
    const bare = await made.run({ target: { kind: "model", name: "mine" }, zone: "restricted" });
    expect(bare.error?.code).toBe("privacy_constraint_violation");
  });

  test("A001-30 the least tier rules out what is below it", async () => {
    const made = bench({
      profiles: [...two, balancer("lb", ["a", "b"], { minTier: 2 })],
      backends: [backend("a", { tier: 1 }), backend("b", { tier: 3 })],
    });
    expect((await made.run()).chainLog).toEqual(["a: tier 1 below 2 (skipped)", "b: success"]);
    expect((await made.run({ minTier: 4 })).error?.code).toBe("no_capable_backend");
  });

  test("a stated list of capabilities rules out what is not on it; an unstated one rules nothing out", async () => {
    const made = bench({
      profiles: [...two, balancer("lb", ["a", "b"])],
      backends: [backend("a", { models: [{ id: "a-model", capabilities: ["tools"] }] }), backend("b")],
    });
    expect((await made.run({ request: image })).chainLog).toEqual([
      "a: lacks vision (skipped)",
      "b: success",
    ]);
    expect((await made.run()).chainLog).toEqual(["a: success"]);
  });

  test("tools and JSON output are required by the requests that use them", async () => {
    const made = bench({
      profiles: [...two, balancer("lb", ["a", "b"])],
      backends: [backend("a", { models: [{ id: "a-model", capabilities: [] }] }), backend("b")],
    });
    const tools = ask("hi", { tools: [{ name: "f" }] });
    expect((await made.run({ request: tools })).chainLog[0]).toBe("a: lacks tools (skipped)");
    const json = ask("hi", { params: { response_format: { type: "json_object" } } });
    expect((await made.run({ request: json })).chainLog[0]).toBe("a: lacks JSON output (skipped)");
  });

  test("a known window that is too small for prompt and answer is skipped", async () => {
    const made = bench({
      profiles: [
        model("a", { contextLimit: 100 }),
        model("b", { contextLimit: 1000 }),
        balancer("lb", ["a", "b"]),
      ],
    });
    expect(
      (await made.run({ request: ask("x".repeat(100), { params: { max_tokens: 10 } }) })).chainLog,
    ).toEqual(["a: context window too small (skipped)", "b: success"]);
    expect(
      (await made.run({ request: ask("x".repeat(90), { params: { max_tokens: 10 } }) })).chainLog,
    ).toEqual(["a: success"]);
    const { error } = await made.run({ request: ask("x".repeat(2000)) });
    expect(error).toMatchObject({ code: "context_length_exceeded", cause: "permanent" });
  });

  test("U59 a context error moves on to a larger or unknown window only", async () => {
    const made = bench({
      profiles: [
        model("a", { contextLimit: 1000 }),
        model("b", { contextLimit: 800 }),
        model("c"),
        balancer("lb", ["a", "b", "c"]),
      ],
      acts: { "a-model": [{ class: "context", status: 400, message: "too long" }] },
    });
    expect((await made.run()).chainLog).toEqual([
      "a: failed (context length: too long)",
      "b: context window too small (skipped)",
      "c: success",
    ]);
  });

  test("--no-fallback: only candidates with the first model", async () => {
    const made = bench({
      profiles: [
        model("a", { model: "m" }),
        model("b"),
        model("c", { model: "m" }),
        balancer("lb", ["a", "b", "c"]),
      ],
      acts: { m: [{ class: "server", status: 500, message: "oops" }, "ok"] },
    });
    expect((await made.run({ noFallback: true })).chainLog).toEqual([
      "a: failed (500 oops)",
      "b: another model (skipped)",
      "c: success",
    ]);
  });
});

describe("a bare model", () => {
  const serving = (name: string, over = {}) => backend(name, { models: [{ id: "m" }], ...over });

  test("goes to every backend that serves it, lower priority number first", async () => {
    const made = bench({
      profiles: [],
      backends: [
        serving("cloud", { priority: 60 }),
        serving("near", { priority: 50 }),
        serving("best", { priority: 1 }),
      ],
      acts: { m: [{ class: "server", status: 500, message: "oops" }] },
    });
    const { chainLog, error } = await made.run({ target: { kind: "model", name: "m" } });
    expect(chainLog.map((entry) => entry.split(":")[0])).toEqual(["m@best", "m@near", "m@cloud"]);
    expect(error?.name).toBe("FallbackChainExhausted");
  });

  test("A002-21 a name nobody serves is unknown at once, with the nearest names", async () => {
    const made = bench({ profiles: [balancer("mm", ["x"])], backends: [serving("a")] });
    const failed = made.run({ target: { kind: "model", name: "mn" } });
    await expect(failed).rejects.toThrow(Problem);
    await expect(failed).rejects.toThrow(/no profile is called "mn", and no backend serves .*did you mean/);
  });

  test("a backend whose list did not come is named, for the model may be there", async () => {
    const made = bench({ profiles: [], backends: [serving("a"), backend("dead")] });
    await expect(made.run({ target: { kind: "model", name: "other" } })).rejects.toMatchObject({
      hint: "no list of models came from dead: see `nexus backend test`",
    });
  });

  test("A003-24 an abort while backends are asked for their models ends the run as aborted", async () => {
    const made = bench({ profiles: [], backends: [backend("a")] });
    const outcome = await made.run({ target: { kind: "model", name: "m" } }, AbortSignal.abort());
    expect(outcome.error).toMatchObject({ name: "Aborted", cause: "aborted" });
  });

  test("A002-21 an unknown profile lists the nearest names", async () => {
    const made = bench({ profiles: [...two, balancer("failover-lb", ["a"])] });
    await expect(made.run({ target: { kind: "profile", name: "failover-bl" } })).rejects.toThrow(
      'no profile is called "failover-bl" (did you mean failover-lb?)',
    );
  });

  test("a profile of that name wins over the model", async () => {
    const made = bench({
      profiles: [model("m", { backend: "a", model: "other" })],
      backends: [serving("a")],
    });
    expect((await made.run({ target: { kind: "model", name: "m" } })).actualModel).toBe("other");
  });

  test("Ollama's `:latest` is what people leave out", async () => {
    const made = bench({ profiles: [], backends: [backend("a", { models: [{ id: "llama3.2:latest" }] })] });
    expect((await made.run({ target: { kind: "model", name: "llama3.2" } })).chainLog).toEqual([
      "llama3.2@a: success",
    ]);
  });
});

describe("the plan by itself", () => {
  test("shows everybody in order with what rules them out, sends nothing and takes no turn", async () => {
    const made = bench({
      profiles: [...two, balancer("lb", ["a", "b"], { policy: "roundrobin" })],
      backends: [backend("a", { key: { env: ["A_KEY"], required: true } }), backend("b")],
    });
    for (let n = 0; n < 3; n++) {
      const { plan, entries } = await made.foresee();
      expect(entries.map(({ entry: { kind, label } }) => [kind, label])).toEqual([
        ["refusal", "a"],
        ["candidate", "b"],
      ]);
      expect(plan.primaryModel).toBe("a-model");
    }
    expect(made.calls).toHaveLength(0);
  });
});
