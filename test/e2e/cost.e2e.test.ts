import { describe, expect, it } from "vitest";
import type { MockUsage } from "../../src/mock/answer.ts";
import { backend } from "./support/backends.ts";
import { openaiAt } from "./support/cloud.ts";
import { failoverWorkspace, type TestBackend, workspace } from "./support/workspace.ts";

const usage: MockUsage = { input: 1000, output: 500 };
const counted = { answer: { text: "Hello.", usage } };

/** A workspace over these backends, in which `a`'s model has a price. */
async function priced(backends: Readonly<Record<string, TestBackend>>) {
  const space = await failoverWorkspace(backends);
  for (const [rate, usd] of [
    ["input_per_1k", "0.01"],
    ["output_per_1k", "0.03"],
    ["cached_input_per_1k", "0.001"],
  ] as const) {
    expect((await space.nexus(["config", "set", `pricing.a.m-a.${rate}`, usd])).code).toBe(0);
  }
  return space;
}

describe("a price in the configuration", () => {
  it("A001-15 A001-16 1000 in and 500 out at .01 and .03 cost 0.0250, told after the tokens", async () => {
    const space = await priced({ a: await backend(counted) });
    const { stdout, stderr } = await space.nexus(["chat", "-p", "a", "x"]);
    expect(stdout).toBe("Hello.\n");
    expect(stderr).toMatch(/ · 1000 in, 500 out · \$0\.0250 · req_/);
  });

  it("A001-36 --json has it as a number, for the run and the attempt, cached tokens apart", async () => {
    const answer = { usage: { ...usage, cached: 600 } };
    const space = await priced({ a: await backend({ answer }) });
    const run = JSON.parse((await space.nexus(["chat", "-p", "a", "--json", "x"])).stdout);
    expect(run).toMatchObject({ cost_usd: 0.0196, attempts: [{ cost_usd: 0.0196 }] });
  });

  it("A001-36 --ndjson has it in the last line", async () => {
    const space = await priced({ a: await backend(counted) });
    const { stdout } = await space.nexus(["chat", "-p", "a", "--ndjson", "x"]);
    const last = JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? "");
    expect(last).toMatchObject({ type: "done", cost_usd: 0.025, attempts: [{ cost_usd: 0.025 }] });
  });

  it("a failed attempt whose tokens were counted is part of the cost", async () => {
    const a = await backend({ ...counted, steps: ["empty-answer", "empty-answer", "ok"] });
    const space = await priced({ a });
    await space.profile("lb", {
      version: 1,
      type: "loadbalancer",
      policy: "roundrobin",
      profiles: ["a"],
      settings: { failover_retry_count: 3, failover_retry_delay_ms: 0 },
    });
    const run = JSON.parse((await space.nexus(["chat", "-p", "lb", "--json", "x"])).stdout);
    expect(run.attempts.map((attempt: { cost_usd: unknown }) => attempt.cost_usd)).toEqual([
      0.025, 0.025, 0.025,
    ]);
    expect(run).toMatchObject({ answer: "Hello.", cost_usd: 0.075 });
  });

  it("U83 X-08 what is estimated is marked, tokens and cost", async () => {
    const a = await backend({ answer: { text: "x".repeat(4000), usage: "none" } });
    const space = await priced({ a });
    const { stdout, stderr } = await space.nexus(["chat", "-p", "a", "--json", "y".repeat(4000)]);
    expect(stderr).toMatch(/ · ~1004 in, ~1000 out · ~\$0\.0400 · /);
    expect(JSON.parse(stdout)).toMatchObject({ usage: { estimated: true }, cost_usd: 0.04004 });
  });
});

describe("the shipped price data", () => {
  it("A001-15 A001-36 price a known cloud's model, without any configuration", async () => {
    const { port } = await backend({ ...counted, models: ["gpt-4o"] });
    const env = await openaiAt(port);
    const space = await workspace();
    const { stdout, stderr } = await space.nexus(["chat", "-m", "gpt-4o", "--json", "x"], { env });
    expect(stderr).toMatch(/ @ openai \(cloud\) .* · \$0\.0075 · req_/);
    expect(JSON.parse(stdout)).toMatchObject({ answer: "Hello.", cost_usd: 0.0075 });
  });
});

describe("X-08 a price that nobody knows", () => {
  it.each([
    ["of a local server with a cloud's model", "generic"],
    ["of a cloud type at an address of its own", "openai"],
  ])("%s is null, and no $ is shown", async (_what, type) => {
    const a = { ...(await backend(counted)), model: "gpt-4o", record: { type } };
    const space = await failoverWorkspace({ a });
    const env = { OPENAI_API_KEY: "sk-test" };
    const { stdout, stderr } = await space.nexus(["chat", "-p", "a", "--json", "x"], { env });
    expect(JSON.parse(stdout)).toMatchObject({ cost_usd: null, attempts: [{ cost_usd: null }] });
    expect(stderr).toContain(" · 1000 in, 500 out · req_");
  });

  it("of one attempt leaves the sum unknown", async () => {
    const [a, b] = [await backend({ ...counted, steps: ["empty-answer"] }), await backend(counted)];
    const space = await priced({ a, b });
    const run = JSON.parse((await space.nexus(["chat", "-p", "lb", "--json", "x"])).stdout);
    expect(run).toMatchObject({ attempts: [{ cost_usd: 0.025 }, { cost_usd: null }], cost_usd: null });
  });
});

describe("setting a price", () => {
  it("a model with a dot stands in quotes; without them nothing is written, and the right key is told", async () => {
    const space = await workspace();
    const bare = await space.nexus(["config", "set", "pricing.openai.gpt-4.1.input_per_1k", "0.002"]);
    expect(bare.code).toBe(2);
    expect(bare.stderr).toContain(`'pricing.openai."gpt-4.1".input_per_1k'`);
    const key = 'pricing.openai."gpt-4.1".input_per_1k';
    expect((await space.nexus(["config", "set", key, "0.002"])).code).toBe(0);
    expect((await space.nexus(["config", "get", key])).stdout).toBe("0.002\n");
    expect((await space.nexus(["config", "set", "pricing.openai.gpt-4.1.output_per_1k", "0.008"])).code).toBe(
      0,
    );
  });
});
