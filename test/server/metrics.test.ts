import { expect, test } from "vitest";
import type { Attempt } from "../../src/core/outcome.ts";
import { createCounts } from "../../src/server/counts.ts";
import { createMetrics } from "../../src/server/metrics.ts";
import { anAttempt, anOutcome, USAGE } from "../cli/support/outcomes.ts";

const look = { isListed: () => true, backends: () => [], breakers: async () => [] };
const known = { backend: () => true, model: () => true };

/** The lines of one family, after a request for each of these attempts. */
async function linesOf(family: string, attempts: readonly Partial<Attempt>[]): Promise<readonly string[]> {
  const counts = createCounts();
  for (const stated of attempts) {
    const outcome = anOutcome({ attempts: [anAttempt(stated)] });
    counts.book({
      requestId: "r",
      method: "POST",
      path: "/",
      status: 200,
      durationMs: 50,
      whole: true,
      outcome,
    });
  }
  const lines = (await createMetrics(counts)(look, known)).text.split("\n");
  return lines.filter((line) => line.startsWith(`nexus_${family}`));
}

test("a bucket holds what took as long as its bound, and all that was faster", async () => {
  const lines = await linesOf(
    "backend_latency",
    [50, 51, 100, 599_999, 600_001].map((durationMs) => ({ durationMs })),
  );
  expect(lines.map((line) => line.replace(/^\w+?_seconds_/, ""))).toEqual([
    'bucket{le="0.05",backend="ollama"} 1',
    ...["0.1", "0.25", "0.5", "1", "2.5", "5", "10", "30", "60", "120", "300"].map(
      (le) => `bucket{le="${le}",backend="ollama"} 3`,
    ),
    'bucket{le="600",backend="ollama"} 4',
    'bucket{le="+Inf",backend="ollama"} 5',
    'sum{backend="ollama"} 1200.201',
    'count{backend="ollama"} 5',
  ]);
});

test("two models of one backend are one series where the model is no label", async () => {
  const attempts = [{ model: "a" }, { model: "b" }];
  expect(await linesOf("attempts_total", attempts)).toEqual([
    'nexus_attempts_total{backend="ollama",outcome="success"} 2',
  ]);
  expect(await linesOf("backend_latency_seconds_count", attempts)).toHaveLength(1);
});

test("tokens that are known are told, were they none; a cost only where there is a price", async () => {
  const none = { ...USAGE, output: 0, reasoning: 0 };
  const attempts = [{ usage: none }, { model: "priced", usage: USAGE, costUsd: 0 }, { model: "neither" }];
  expect(await linesOf("tokens_total", attempts)).toEqual([
    'nexus_tokens_total{backend="ollama",model="llama3.2",direction="input"} 345',
    'nexus_tokens_total{backend="ollama",model="llama3.2",direction="output"} 0',
    'nexus_tokens_total{backend="ollama",model="priced",direction="input"} 345',
    'nexus_tokens_total{backend="ollama",model="priced",direction="output"} 120',
  ]);
  expect(await linesOf("cost_usd_total", attempts)).toEqual([
    'nexus_cost_usd_total{backend="ollama",model="priced"} 0',
  ]);
});
