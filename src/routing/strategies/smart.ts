import type { Backend } from "../../core/backend.ts";
import type { Strategy, StrategyFacts } from "./index.ts";

/** The highest score first: priority, few requests under way, and quick answers, as the weights say. */
export const smart: Strategy = (serving, facts) =>
  serving
    .map((one) => ({ ...one, score: scoreOf(one.backend, facts) }))
    .toSorted((a, b) => b.score - a.score);

function scoreOf({ name, priority }: Backend, { loadOf, weights }: StrategyFacts): number {
  const { pending, latencyMs } = loadOf(name);
  return (
    (weights.priority * (100 - Math.min(priority, 100)) +
      weights.load * (100 - Math.min(pending, 100)) +
      weights.latency * (100 - Math.min(latencyMs / 10, 100))) /
    100
  );
}
