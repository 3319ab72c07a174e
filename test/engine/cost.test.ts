import { describe, expect, test } from "vitest";
import type { RunEvent } from "../../src/core/outcome.ts";
import type { CostOf } from "../../src/core/ports.ts";
import type { Usage } from "../../src/core/usage.ts";
import { pulled } from "../support/pulled.ts";
import { type Act, ask, balancer, bench, model } from "../support/run-engine.ts";

const counted: Usage = {
  input: 1000,
  cacheRead: 0,
  cacheWrite: 0,
  output: 500,
  reasoning: 0,
  estimated: false,
};
const text = (said: string) => ({ type: "text-delta", text: said }) as const;
const answered: Act = [text("yes"), { type: "response-end", reason: "stop", usage: counted }];
const failedAfterCounting: Act = [
  { type: "failure", failure: { class: "server", message: "boom" }, usage: counted },
];
const two = [model("a"), model("b"), balancer("lb", ["a", "b"])];
/** A dollar a prompt at `a`, ten at `b`. */
const priced: CostOf = async ({ name }, _model, { input }) => (input / 1000) * (name === "a" ? 1 : 10);

describe("what a run costs", () => {
  test("A001-36 the attempt that answered and the run have the price of its tokens", async () => {
    const { run } = bench({ profiles: two, acts: { "a-model": [answered] }, costOf: priced });
    const outcome = await run();
    expect(outcome.costUsd).toBe(1);
    expect(outcome.attempts).toMatchObject([{ costUsd: 1 }]);
  });

  test("a failed attempt whose tokens were counted costs too, and its own price", async () => {
    const acts = { "a-model": [failedAfterCounting], "b-model": [answered] };
    const outcome = await bench({ profiles: two, acts, costOf: priced }).run();
    expect(outcome.attempts).toMatchObject([
      { usage: counted, costUsd: 1 },
      { usage: counted, costUsd: 10 },
    ]);
    expect(outcome.costUsd).toBe(11);
  });

  test("a run that nobody answered costs what was counted, and its error tells the same attempts", async () => {
    const acts = { "a-model": [failedAfterCounting], "b-model": [failedAfterCounting] };
    const outcome = await bench({ profiles: two, acts, costOf: priced }).run();
    expect(outcome.costUsd).toBe(11);
    expect(outcome.error?.failures).toEqual(outcome.attempts);
  });

  test("X-08 one attempt whose price nobody knows makes the sum unknown, not smaller", async () => {
    const costOf: CostOf = async ({ name }) => (name === "a" ? undefined : 2);
    const acts = { "a-model": [failedAfterCounting], "b-model": [answered] };
    const outcome = await bench({ profiles: two, acts, costOf }).run();
    expect(outcome.attempts.map(({ costUsd }) => costUsd)).toEqual([undefined, 2]);
    expect(outcome.costUsd).toBeUndefined();
  });

  test("a failed attempt without a count is not priced and hides no sum", async () => {
    const acts = {
      "a-model": [{ class: "server", message: "boom" } as const],
      "b-model": [answered],
    };
    const outcome = await bench({ profiles: two, acts, costOf: priced }).run();
    expect(outcome.costUsd).toBe(10);
    expect(outcome.attempts[0]?.usage).toBeUndefined();
  });

  test("X-08 no attempt with usage: no cost", async () => {
    const acts = { "a-model": [{ class: "invalid", status: 400, message: "no" } as const] };
    expect((await bench({ profiles: two, acts, costOf: priced }).run()).costUsd).toBeUndefined();
  });

  test("no price is asked for before the answer is out", async () => {
    let ended = false;
    const costOf: CostOf = async () => (ended ? 1 : undefined);
    const { engine } = bench({
      profiles: two,
      acts: { "a-model": [failedAfterCounting], "b-model": [answered] },
      costOf,
    });
    const input = {
      requestId: "r",
      door: "chat",
      target: { kind: "profile", name: "lb" },
      request: ask(),
    } as const;
    let costUsd: number | undefined;
    for await (const event of pulled<RunEvent>((tell, signal) =>
      engine.run({ ...input, rateLimitWaitMs: 0 }, signal, tell),
    )) {
      if (event.type === "chat" && event.event.type === "response-end") ended = true;
      if (event.type === "outcome") ({ costUsd } = event.outcome);
    }
    expect(costUsd).toBe(2);
  });
});

describe("U83 usage that a backend does not report", () => {
  const silent: Act = [
    { type: "reasoning-delta", text: "12345678" },
    text("four"),
    text(" and more"),
    { type: "response-end", reason: "stop" },
  ];

  test("is estimated for an answer, from the prompt and the text that came, and marked", async () => {
    const outcome = await bench({ profiles: two, acts: { "a-model": [silent] } }).run({
      request: ask("a prompt of 24 letters.."),
    });
    const usage = { input: 10, cacheRead: 0, cacheWrite: 0, output: 4, reasoning: 2, estimated: true };
    expect(outcome.usage).toEqual(usage);
    expect(outcome.attempts[0]?.usage).toEqual(usage);
    const end = outcome.events.find((event) => event.type === "chat" && event.event.type === "response-end");
    expect(end).toMatchObject({ event: { usage } });
  });

  test("counts the profile's system text, which is sent", async () => {
    const profiles = [model("a", { system: "s".repeat(400) })];
    const target = { kind: "profile", name: "a" } as const;
    const outcome = await bench({ profiles, acts: { "a-model": [silent] } }).run({ target });
    expect(outcome.usage?.input).toBe(109);
  });

  test("an estimate has a cost as well", async () => {
    const outcome = await bench({ profiles: two, acts: { "a-model": [silent] }, costOf: priced }).run();
    expect(outcome.costUsd).toBe(0.005);
  });

  test("what was reported is not estimated", async () => {
    const outcome = await bench({ profiles: two, acts: { "a-model": [answered] } }).run();
    expect(outcome.usage).toEqual(counted);
  });
});
