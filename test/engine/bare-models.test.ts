import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Backend } from "../../src/core/backend.ts";
import type { Failure } from "../../src/core/failure.ts";
import type { RoutingRules } from "../../src/core/routing.ts";
import { type Act, backend, balancer, bench, model } from "../support/run-engine.ts";

const down: Failure = { class: "server", status: 503, message: "Service Unavailable" };
const at = (name: string, models: readonly string[], over: Partial<Backend> = {}) =>
  backend(name, { models: models.map((id) => ({ id })), ...over });
const asked = (name: string) => ({ target: { kind: "model" as const, name } });

function benchOf(
  backends: readonly Backend[],
  rules: Partial<RoutingRules> = {},
  acts: Readonly<Record<string, readonly Act[]>> = {},
) {
  return bench({ profiles: [], backends, rules, acts });
}

describe("a bare model", () => {
  const chain = { fallbacks: new Map([["m", ["n", "o"]]]) };
  const three = [at("a", ["m"]), at("b", ["n"]), at("c", ["o", "m"], { priority: 60 })];

  test("A000-04 A000-06 the first model answers: nothing fell back", async () => {
    const outcome = await benchOf(three, chain).run(asked("m"));
    expect(outcome).toMatchObject({
      backend: "a",
      actualModel: "m",
      primaryModel: "m",
      fallbackUsed: false,
      degraded: false,
      chainLog: ["m@a: success"],
    });
  });

  test("A000-02 A000-03 every backend of a model, then model by model its chain, until one answers", async () => {
    const made = benchOf(three, chain, { m: [down] });
    expect(await made.run(asked("m"))).toMatchObject({
      backend: "b",
      actualModel: "n",
      fallbackUsed: true,
      degraded: true,
      chainLog: [
        "m@a: failed (503 Service Unavailable)",
        "m@c: failed (503 Service Unavailable)",
        "n@b: success",
      ],
    });
    expect(made.calls.map(({ model: name }) => name)).toEqual(["m", "m", "n"]);
  });

  test("A000-05 an alias of a model that fails: its chain, by the models' own names", async () => {
    const rules = { ...chain, aliases: new Map([["fast", "m"]]) };
    const outcome = await benchOf(three, rules, { m: [down] }).run(asked("fast"));
    expect(outcome).toMatchObject({ actualModel: "n", primaryModel: "m", fallbackUsed: true });
  });

  test("A000-09 an alias alone is no fallback", async () => {
    const outcome = await benchOf(three, { aliases: new Map([["fast", "m"]]) }).run(asked("fast"));
    expect(outcome).toMatchObject({ actualModel: "m", fallbackUsed: false, degraded: false });
  });

  test("A000-15 the chain of a model in a chain is not gone through", async () => {
    const fallbacks = new Map([
      ["m", ["n"]],
      ["n", ["o"]],
    ]);
    const outcome = await benchOf(three, { fallbacks }, { m: [down], n: [down] }).run(asked("m"));
    expect(outcome.error?.name).toBe("FallbackChainExhausted");
    expect(outcome.attempts.map(({ model: name }) => name)).toEqual(["m", "m", "n"]);
  });

  test("A000-13 A000-14 exhaustion names every model, after one pass without a wait", async () => {
    const made = benchOf([at("a", ["m"]), at("b", ["n"])], chain, { m: [down], n: [down] });
    const began = made.clock.now();
    const { error, chainLog } = await made.run(asked("m"));
    expect(error).toMatchObject({
      name: "FallbackChainExhausted",
      code: "fallback_chain_exhausted",
      message:
        "All models in chain failed: m@a: 503 Service Unavailable; n@b: 503 Service Unavailable; o: no backend (skipped)",
    });
    expect(chainLog.at(-1)).toBe("o: no backend (skipped)");
    expect(made.clock.now()).toBe(began);
    expect(made.calls).toHaveLength(2);
  });

  test("A000-17 whoever is in a chain is filtered like the first", async () => {
    const backends = [
      at("a", ["m"], { tier: 1 }),
      at("b", ["n"], { models: [{ id: "n", capabilities: ["tools"] }] }),
      at("c", ["o"], { tier: 3 }),
    ];
    const outcome = await benchOf(backends, chain).run({ ...asked("m"), minTier: 2 });
    expect(outcome.chainLog).toEqual([
      "m@a: tier 1 below 2 (skipped)",
      "n@b: tier 1 below 2 (skipped)",
      "o@c: success",
    ]);
  });

  test("a model with a chain and no backend of its own goes on to the chain, which is a fallback", async () => {
    expect(await benchOf([at("b", ["n"])], chain).run(asked("m"))).toMatchObject({
      actualModel: "n",
      primaryModel: "m",
      fallbackUsed: true,
      degraded: true,
      chainLog: ["m: no backend (skipped)", "n@b: success"],
    });
  });

  test("a chain that nobody serves is no unknown name: every model is missing", async () => {
    const { error } = await benchOf([at("x", ["x"])], chain).run(asked("m"));
    expect(error).toMatchObject({ code: "model_not_found", cause: "permanent" });
  });

  test("--no-fallback: only the first model, by every backend of it", async () => {
    const made = benchOf(three, chain, { m: [down] });
    const { error, chainLog } = await made.run({ ...asked("m"), noFallback: true });
    expect(chainLog.slice(2)).toEqual(["n@b: another model (skipped)", "o@c: another model (skipped)"]);
    expect(error).toMatchObject({ cause: "passes" });
    expect(made.calls.map(({ backend: { name } }) => name)).toEqual(["a", "c"]);
  });

  test("A002-21 an unknown name is told at once, with the nearest of every kind", async () => {
    const made = bench({
      profiles: [model("model-p"), balancer("lb", ["model-p"])],
      backends: [at("a", ["model-s"])],
      rules: { aliases: new Map([["model-a", "x"]]), fallbacks: new Map([["model-f", ["x"]]]) },
    });
    for (const [wrong, meant] of [
      ["modl-p", "model-p"],
      ["modl-s", "model-s"],
      ["modl-a", "model-a"],
      ["modl-f", "model-f"],
    ] as const) {
      const told = made.run(asked(wrong));
      await expect(told).rejects.toMatchObject({ kind: "not-found", code: "model_not_found" });
      await expect(told).rejects.toThrow(new RegExp(`did you mean [^)]*${meant}`));
    }
    expect(made.calls).toHaveLength(0);
  });

  test("a profile wins over a model and an alias of its name", async () => {
    const made = bench({
      profiles: [model("x"), balancer("lb", ["x"])],
      backends: [at("x", ["x"])],
      rules: { aliases: new Map([["x", "y"]]) },
    });
    expect(await made.run(asked("x"))).toMatchObject({ actualModel: "x-model", profile: "x" });
  });

  test("an alias of a profile is that profile", async () => {
    const made = bench({ profiles: [model("x")], rules: { aliases: new Map([["gpt-4o", "x"]]) } });
    expect(await made.run(asked("gpt-4o"))).toMatchObject({ actualModel: "x-model", profile: "x" });
  });

  test("round_robin takes turns at each model, by itself", async () => {
    const backends = [at("a", ["m", "n"]), at("b", ["m", "n"])];
    const made = benchOf(backends, { strategy: "round_robin" });
    const answered = [];
    for (const name of ["m", "m", "n", "m"]) answered.push((await made.run(asked(name))).backend);
    expect(answered).toEqual(["a", "b", "a", "a"]);
  });

  test("round_robin takes the turn of a model in a chain only when it comes to it", async () => {
    const backends = [at("z", ["m"]), at("a", ["n"]), at("b", ["n"])];
    const acts = { m: [down, "ok", down, "ok"] } as const;
    const made = benchOf(backends, { ...chain, strategy: "round_robin" }, acts);
    const answered = [];
    for (let n = 0; n < 4; n++) answered.push((await made.run(asked("m"))).backend);
    expect(answered).toEqual(["a", "z", "b", "z"]);
  });
});

describe("policies of names", () => {
  const policies = [{ match: "private-*", zone: "restricted" as const }];
  const zones = [
    at("home", ["m"], { zone: "restricted" }),
    at("cloud", ["m", "private-m"], { zone: "open" }),
  ];

  test.each([
    ["the name that was asked for", { aliases: new Map([["private-x", "m"]]) }, "private-x"],
    ["an alias on the way", { aliases: new Map(Object.entries({ x: "private-x", "private-x": "m" })) }, "x"],
    ["the first model", { aliases: new Map([["x", "private-m"]]) }, "x"],
  ])("A001-12 bind by %s", async (_what, rules, name) => {
    const made = benchOf(zones, { policies, ...rules });
    await made.run(asked(name));
    expect(made.calls.map(({ backend: { zone } }) => zone)).not.toContain("open");
  });

  test("A001-12 bind a profile by its name, and by its first model", async () => {
    for (const [name, over] of [
      ["private-lb", {}],
      ["lb", { model: "private-m" }],
    ] as const) {
      const made = bench({
        profiles: [model("cloud", over), model("home"), balancer(name, ["cloud", "home"])],
        backends: zones,
        rules: { policies },
      });
      const { chainLog } = await made.run({ target: { kind: "profile", name } });
      expect(chainLog).toEqual(["cloud: outside the restricted zone (skipped)", "home: success"]);
    }
  });

  test("A001-27 only the zone kept usable backends out: a privacy violation rather than a leak", async () => {
    const made = benchOf(zones, { policies, aliases: new Map([["private-x", "m"]]) });
    const busy = benchOf([zones[1] ?? backend("")], { policies });
    expect((await made.run(asked("private-x"))).backend).toBe("home");
    expect((await busy.run(asked("private-m"))).error).toMatchObject({
      code: "privacy_constraint_violation",
      cause: "permanent",
    });
    expect(busy.calls).toHaveLength(0);
  });

  test("what the zone and a lack both rule out says the lack: the zone alone did not", async () => {
    const made = benchOf([at("cloud", ["m"], { zone: "open", tier: 1 })]);
    const { error, chainLog } = await made.run({ ...asked("m"), zone: "restricted", minTier: 2 });
    expect(chainLog).toEqual(["m@cloud: tier 1 below 2 (skipped)"]);
    expect(error?.code).toBe("no_capable_backend");
  });

  test("A001-30 a tier that nobody has: no capable backend", async () => {
    const { error } = await benchOf(zones, { policies: [{ match: "*", minTier: 3 }] }).run(asked("m"));
    expect(error).toMatchObject({ code: "no_capable_backend", cause: "permanent" });
  });

  test("allow_fallback false keeps to the first model", async () => {
    const rules = {
      policies: [{ match: "m", allowFallback: false }],
      fallbacks: new Map([["m", ["n"]]]),
    };
    const made = benchOf([at("a", ["m"]), at("b", ["n"])], rules, { m: [down] });
    expect((await made.run(asked("m"))).chainLog.at(-1)).toBe("n@b: another model (skipped)");
  });

  test("A001-12 a restricted request never yields an open candidate, whatever the rules are", async () => {
    const name = fc.constantFrom("p", "q", "m", "n", "o", "lb");
    const some = fc.dictionary(name, name).map((all) => new Map(Object.entries(all)));
    const zone = fc.constantFrom("restricted" as const, "open" as const);
    const world = fc.record({
      aliases: some,
      fallbacks: fc.dictionary(name, fc.array(name)).map((all) => new Map(Object.entries(all))),
      policies: fc.array(fc.record({ match: name, zone, allowFallback: fc.boolean() })),
      strategy: fc.constantFrom("smart" as const, "round_robin" as const, "priority_only" as const),
      backends: fc.array(fc.record({ zone, models: fc.array(name), tier: fc.nat(5) }), { minLength: 1 }),
      members: fc.uniqueArray(fc.constantFrom("p", "q"), { minLength: 1 }),
      asked: name,
      byRequest: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(world, async (one) => {
        const policies = one.byRequest
          ? one.policies
          : [...one.policies, { match: one.asked, zone: "restricted" as const }];
        const made = bench({
          profiles: [model("p", { backend: "0" }), model("q", { backend: "1" }), balancer("lb", one.members)],
          backends: one.backends.map(({ models, ...rest }, at) =>
            backend(`${at}`, { ...rest, models: models.map((id) => ({ id })) }),
          ),
          rules: { ...one, policies },
        });
        const input = { ...asked(one.asked), ...(one.byRequest ? { zone: "restricted" as const } : {}) };
        const seen = await made.foresee(input).catch(() => undefined);
        expect(await made.foresee(input).catch(() => undefined)).toEqual(seen);
        const open = seen?.entries.filter(
          ({ entry }) => entry.kind === "candidate" && entry.backend.zone !== "restricted",
        );
        expect(open ?? []).toEqual([]);
      }),
    );
  });
});

describe("what a failed run says of the backends", () => {
  const chain = { fallbacks: new Map([["m", ["n"]]]) };

  test("A001-28 A001-30 A001-42 every backend that matches, the required tier, and who is of a lower one", async () => {
    const backends = [
      at("low", ["m"], { tier: 1, zone: "open" }),
      at("blind", ["n"], { tier: 4, models: [{ id: "n", capabilities: [] }] }),
    ];
    const { error } = await benchOf(backends, chain).run({
      ...asked("m"),
      minTier: 3,
      request: { messages: [], tools: [{ name: "f" }], params: {} },
    });
    expect(error).toMatchObject({ code: "no_capable_backend", requiredTier: 3 });
    expect(error?.backends).toEqual([{ name: "low", status: "healthy", zone: "open", tier: 1 }]);
  });

  test("A001-28 whoever failed or is left alone is unhealthy, whoever is full at capacity", async () => {
    const backends = [at("broken", ["m"]), at("full", ["m"], { maxConcurrent: 1 }), at("down", ["n"])];
    const made = bench({
      profiles: [],
      backends,
      rules: chain,
      acts: { m: ["hang", down] },
      load: { down: { status: "unhealthy" }, broken: { pending: 1 } },
    });
    made.start(asked("m"));
    await made.clock.advance(0);
    const { error } = await made.run(asked("m"));
    expect(error?.backends?.map(({ name, status }) => [name, status])).toEqual([
      ["full", "at_capacity"],
      ["broken", "unhealthy"],
      ["down", "unhealthy"],
    ]);
  });
});
