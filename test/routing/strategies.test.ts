import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Backend } from "../../src/core/backend.ts";
import type { BackendLoad, Serving } from "../../src/core/ports.ts";
import { DEFAULT_RULES, STRATEGIES, type StrategyName, type Weights } from "../../src/core/routing.ts";
import { ORDER_BACKENDS } from "../../src/routing/strategies/index.ts";
import { backend } from "../support/run-engine.ts";

const serving = (...backends: readonly Backend[]): readonly Serving[] =>
  backends.map((one) => ({ backend: one, info: { id: "m" } }));

function order(
  strategy: StrategyName,
  among: readonly Serving[],
  how: {
    load?: Readonly<Record<string, Partial<BackendLoad>>>;
    turn?: number;
    weights?: Weights;
    chances?: readonly number[];
  } = {},
) {
  const chances = [...(how.chances ?? [])];
  return ORDER_BACKENDS[strategy](among, {
    loadOf: (name) => ({ pending: 0, latencyMs: 0, status: "unknown", ...how.load?.[name] }),
    weights: how.weights ?? DEFAULT_RULES.weights,
    turn: how.turn ?? 0,
    chance: () => chances.shift() ?? 0,
  });
}

const namesOf = (ranked: readonly Serving[]) => ranked.map(({ backend: { name } }) => name);
const abc = serving(backend("a"), backend("b"), backend("c"));

describe("smart", () => {
  it("is (50·(100−priority) + 30·(100−pending) + 20·(100−latency/10)) / 100, each part at least 0", () => {
    const load = { a: { pending: 10, latencyMs: 500 }, b: { pending: 300, latencyMs: 9_000 } };
    const among = serving(backend("a", { priority: 20 }), backend("b", { priority: 500 }), backend("c"));
    expect(order("smart", among, { load }).map(({ score }) => score)).toEqual([77, 75, 0]);
  });

  it("prefers the lower priority number, then those with less to do, then the quicker ones", () => {
    expect(namesOf(order("smart", serving(backend("a", { priority: 60 }), backend("b"))))).toEqual([
      "b",
      "a",
    ]);
    expect(namesOf(order("smart", abc, { load: { a: { pending: 1 } } }))).toEqual(["b", "c", "a"]);
    expect(namesOf(order("smart", abc, { load: { b: { latencyMs: 90 } } }))).toEqual(["a", "c", "b"]);
  });

  it("equals stay as in the file", () => {
    expect(namesOf(order("smart", abc))).toEqual(["a", "b", "c"]);
  });

  it("weighs as it is told", () => {
    const weights = { priority: 0, load: 100, latency: 0 };
    const among = serving(backend("a", { priority: 0 }), backend("b", { priority: 90 }));
    expect(namesOf(order("smart", among, { weights, load: { a: { pending: 1 } } }))).toEqual(["b", "a"]);
  });
});

describe("the other strategies", () => {
  it("round_robin begins with the next one at each turn", () => {
    const first = [0, 1, 2, 3].map((turn) => namesOf(order("round_robin", abc, { turn })).join(""));
    expect(first).toEqual(["abc", "bca", "cab", "abc"]);
  });

  it("priority_only looks at nothing else", () => {
    const among = serving(backend("a"), backend("b", { priority: 10 }), backend("c"));
    expect(namesOf(order("priority_only", among, { load: { b: { pending: 99 } } }))).toEqual(["b", "a", "c"]);
  });

  it("random follows chance", () => {
    expect(namesOf(order("random", abc, { chances: [0.9, 0.1, 0.5] }))).toEqual(["b", "c", "a"]);
  });

  it.each(STRATEGIES)("%s keeps every backend, each once, and gives the same twice", (strategy) => {
    const among = fc
      .uniqueArray(fc.string(), { maxLength: 6 })
      .chain((names) =>
        fc.tuple(...names.map((name) => fc.integer().map((priority) => backend(name, { priority })))),
      );
    fc.assert(
      fc.property(
        among,
        fc.nat(),
        fc.array(fc.double({ min: 0, max: 0.99, noNaN: true })),
        (all, turn, chances) => {
          const ordered = namesOf(order(strategy, serving(...all), { turn, chances }));
          expect(ordered.toSorted()).toEqual(all.map(({ name }) => name).toSorted());
          expect(namesOf(order(strategy, serving(...all), { turn, chances }))).toEqual(ordered);
        },
      ),
    );
  });
});
