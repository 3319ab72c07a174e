import { describe, expect, test } from "vitest";
import type { RunEvent } from "../../src/core/outcome.ts";
import type { Usage } from "../../src/core/usage.ts";
import { pulled } from "../support/pulled.ts";
import { type Act, ask, type Bench, balancer, bench, model } from "../support/run-engine.ts";

const counted: Usage = {
  input: 10,
  cacheRead: 0,
  cacheWrite: 0,
  output: 5,
  reasoning: 0,
  estimated: false,
};
const answered: Act = [
  { type: "text-delta", text: "a secret answer" },
  { type: "response-end", reason: "stop", usage: counted },
];
const two = [model("a"), model("b"), balancer("lb", ["a", "b"])];
const down: Act = { class: "server", status: 503, message: "down" };

describe("A002-25 every run leaves one record", () => {
  test("an answered one: when it began, what was asked for, and its outcome", async () => {
    const made = bench({ profiles: two, acts: { "a-model": [down], "b-model": [answered] } });
    const at = made.clock.now();
    const { events, text, ...outcome } = await made.run();
    expect(made.records).toEqual([{ at, door: "chat", target: { kind: "profile", name: "lb" }, outcome }]);
  });

  test("a failed one", async () => {
    const made = bench({ profiles: two, acts: { "a-model": [down], "b-model": [down] } });
    const { error } = await made.run();
    expect(made.records).toMatchObject([
      { outcome: { error, attempts: [{ status: 503 }, { status: 503 }] } },
    ]);
  });

  test("one that its user ended", async () => {
    const made = bench({ profiles: two, acts: { "a-model": ["hang"] } });
    const user = new AbortController();
    const { done } = made.start({}, user.signal);
    await made.clock.advance(10);
    user.abort();
    await done;
    expect(made.records).toMatchObject([
      { outcome: { error: { name: "Aborted" }, attempts: [{ outcome: "aborted" }] } },
    ]);
  });

  test("one whose time ran out", async () => {
    const made = bench({ profiles: two, acts: { "a-model": ["hang"], "b-model": ["hang"] } });
    await made.run({ timeoutMs: 1_000 });
    expect(made.records).toMatchObject([{ outcome: { error: { code: "timeout" }, durationMs: 1_000 } }]);
  });

  test("one that broke off", async () => {
    const cut: Act = [
      { type: "text-delta", text: "half" },
      { type: "failure", failure: { class: "malformed", message: "truncated" } },
    ];
    const made = bench({ profiles: two, acts: { "a-model": [cut] } });
    await made.run();
    expect(made.records).toMatchObject([{ outcome: { error: { name: "StreamInterrupted" } } }]);
  });

  test("one that had nobody to ask", async () => {
    const made = bench({ profiles: [balancer("lb", [])] });
    await made.run();
    expect(made.records).toMatchObject([
      { outcome: { chainLog: ["No models in chain"], error: { name: "EmptyChain" } } },
    ]);
  });

  test("a bug of ours: the record says so, and the bug surfaces", async () => {
    let asked = 0;
    const costOf = async () => {
      asked += 1;
      if (asked === 1) throw new TypeError("a bug");
      return 1;
    };
    const made = bench({ profiles: two, acts: { "a-model": [answered] }, costOf });
    await expect(made.run()).rejects.toThrow("a bug");
    expect(made.records).toMatchObject([{ outcome: { error: { code: "internal_error" } } }]);
  });

  test("none of a run that never began", async () => {
    const made = bench({ profiles: two });
    await expect(made.run({ target: { kind: "profile", name: "nobody" } })).rejects.toThrow("nobody");
    expect(made.records).toEqual([]);
  });

  test("nothing of what was asked or answered is in it", async () => {
    const made = bench({ profiles: two, acts: { "a-model": [answered] } });
    await made.run({ request: ask("a secret question") });
    expect(made.records).toHaveLength(1);
    expect(JSON.stringify(made.records)).not.toContain("secret");
  });
});

describe("when nobody listens any more", () => {
  async function stopAt(made: Bench, last: (event: RunEvent) => boolean): Promise<void> {
    const input = {
      requestId: "req_1",
      door: "chat" as const,
      target: { kind: "profile" as const, name: "lb" },
      request: ask(),
      rateLimitWaitMs: 0,
    };
    for await (const event of pulled<RunEvent>((tell, signal) => made.engine.run(input, signal, tell)))
      if (last(event)) break;
  }

  test("within an answer: the record says aborted, and names whom it was asked of", async () => {
    const made = bench({ profiles: two, acts: { "a-model": [answered] } });
    await stopAt(made, ({ type }) => type === "chat");
    expect(made.records).toMatchObject([
      {
        outcome: {
          error: { name: "Aborted" },
          attempts: [{ member: "a", outcome: "aborted" }],
          chainLog: ["a: aborted"],
        },
      },
    ]);
  });

  test("when the attempt had answered: the record says so", async () => {
    const made = bench({ profiles: two, acts: { "a-model": [answered] } });
    await stopAt(made, ({ type }) => type === "attempt-end");
    expect(made.records).toHaveLength(1);
    expect(made.records[0]?.outcome).toMatchObject({ backend: "a", attempts: [{ outcome: "success" }] });
    expect(made.records[0]?.outcome.error).toBeUndefined();
  });

  test("at the outcome: one record all the same", async () => {
    const made = bench({ profiles: two, acts: { "a-model": [answered] } });
    await stopAt(made, ({ type }) => type === "outcome");
    expect(made.records).toHaveLength(1);
  });
});

test("the record is written when the outcome has been told, not before", async () => {
  const made = bench({ profiles: two, acts: { "a-model": [answered] } });
  const seen: number[] = [];
  const input = {
    requestId: "req_1",
    door: "chat" as const,
    target: { kind: "profile" as const, name: "lb" },
  };
  const { signal } = new AbortController();
  await made.engine.run({ ...input, request: ask(), rateLimitWaitMs: 0 }, signal, (event) => {
    if (event.type === "outcome") seen.push(made.records.length);
    return undefined;
  });
  expect(seen).toEqual([0]);
  expect(made.records).toHaveLength(1);
});
