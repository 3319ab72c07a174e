import { describe, expect, test } from "vitest";
import type { ChatEvent } from "../../src/core/chat.ts";
import type { RunEvent } from "../../src/core/outcome.ts";
import { pulled } from "../support/pulled.ts";
import { backend, balancer, bench, model, textOf } from "../support/run-engine.ts";

const two = [model("a"), model("b")];
const text = (words: string): ChatEvent => ({ type: "text-delta", text: words });
const end: ChatEvent = { type: "response-end", reason: "stop" };
const start: ChatEvent = { type: "response-start", id: "1" };

function clocked(timeouts: Partial<ReturnType<typeof backend>["timeouts"]>) {
  const defaults = backend("a").timeouts;
  return ["a", "b"].map((name) => backend(name, { timeouts: { ...defaults, ...timeouts } }));
}

describe("clocks", () => {
  test("A002-22 silence ends an attempt at first_content_ms, and the next member is asked", async () => {
    const made = bench({
      profiles: [...two, balancer("lb", ["a", "b"])],
      backends: clocked({ firstContentMs: 5_000 }),
      acts: { "a-model": ["hang"] },
    });
    const outcome = await made.run();
    expect(outcome.chainLog).toEqual(["a: timeout", "b: success"]);
    expect(outcome.attempts[0]).toMatchObject({
      outcome: "timeout",
      durationMs: 5_000,
      message: "no content within 5 s (first-content timeout)",
    });
  });

  test("U16 role deltas and pings are not content: the clock runs on, and the answer is still the next member's alone", async () => {
    const made = bench({
      profiles: [...two, balancer("lb", ["a", "b"])],
      backends: clocked({ firstContentMs: 5_000 }),
      acts: { "a-model": [[start, text(""), { wait: 60_000 }]] },
    });
    const outcome = await made.run();
    expect(outcome).toMatchObject({ chainLog: ["a: timeout", "b: success"], text: "hello from b-model" });
  });

  test("A002-22 timeout_ms replaces the backend's own limit", async () => {
    const made = bench({
      profiles: [...two, balancer("lb", ["a", "b"], { settings: { timeout_ms: 2_000 } })],
      acts: { "a-model": ["hang"] },
    });
    expect((await made.run()).attempts[0]).toMatchObject({ outcome: "timeout", durationMs: 2_000 });
  });

  test("every member gets its turn: one that hangs takes no more than its share of the time", async () => {
    const made = bench({
      profiles: [...two, balancer("lb", ["a", "b"], { settings: { total_timeout_ms: 10_000 } })],
      acts: { "a-model": ["hang"] },
    });
    const outcome = await made.run();
    expect(outcome.chainLog).toEqual(["a: timeout", "b: success"]);
    expect(outcome.attempts[0]?.durationMs).toBe(5_000);
  });

  test("a member that cannot be asked now takes no share of the time", async () => {
    const profiles = ["a", "b", "c"].map((name) => model(name));
    const made = bench({
      profiles: [
        ...profiles,
        balancer("lb", ["b", "c", "a"], { settings: { total_timeout_ms: 10_000 } }),
        balancer("c-only", ["c"]),
      ],
      acts: {
        "a-model": ["hang"],
        "b-model": ["hang"],
        "c-model": [{ class: "quota", status: 402, message: "no credit" }],
      },
    });
    await made.run({ target: { kind: "profile", name: "c-only" } });
    const outcome = await made.run();
    expect(outcome.chainLog).toEqual(["b: timeout", "c: cooling down (skipped)", "a: timeout"]);
    expect(outcome.attempts.map(({ durationMs }) => durationMs)).toEqual([5_000, 0, 5_000]);
  });

  test("the unstreamed answer has a clock of its own", async () => {
    const made = bench({
      profiles: [...two, balancer("lb", ["a", "b"], { params: { stream: false } })],
      backends: clocked({ answerMs: 7_000 }),
      acts: { "a-model": ["hang"] },
    });
    expect((await made.run()).attempts[0]?.message).toBe("no whole answer within 7 s (answer timeout)");
  });

  test("the whole of an unstreamed answer has answer_ms, also when it comes in pieces that flow", async () => {
    const pieces = Array.from({ length: 10 }, () => [text("x"), { wait: 2_000 }]).flat();
    const made = bench({
      profiles: [...two, balancer("lb", ["a", "b"], { params: { stream: false } })],
      backends: clocked({ answerMs: 5_000 }),
      acts: { "a-model": [[start, ...pieces, end]] },
    });
    const outcome = await made.run();
    expect(outcome.attempts[0]).toMatchObject({ outcome: "timeout", durationMs: 5_000 });
    expect(outcome.error).toMatchObject({ name: "StreamInterrupted", code: "timeout" });
  });

  test("a retry delay never takes another member's share of the time", async () => {
    const made = bench({
      profiles: [
        ...two,
        balancer("lb", ["a", "b"], {
          settings: { total_timeout_ms: 10_000, failover_retry_count: 3, failover_retry_delay_ms: 6_000 },
        }),
      ],
      acts: { "a-model": [{ class: "server", message: "down", status: 500 }] },
    });
    const outcome = await made.run();
    expect(outcome.chainLog).toEqual(["a: failed (500 down)", "b: success"]);
    expect(outcome.durationMs).toBe(0);
  });

  test("the time ran out before anybody could be asked: everybody is told as skipped, and a later try is worth it", async () => {
    const made = bench({ profiles: [...two, balancer("lb", ["a", "b"])] });
    const outcome = await made.run({ timeoutMs: 0 });
    expect(outcome.chainLog).toEqual(["a: out of time (skipped)", "b: out of time (skipped)"]);
    expect(outcome.error).toMatchObject({
      message: "All models in chain failed: a: out of time (skipped); b: out of time (skipped)",
      code: "timeout",
      cause: "passes",
    });
    expect(made.calls).toEqual([]);
  });

  test("U17 silence after content breaks the answer off at idle_ms: nothing is retried or mixed", async () => {
    const made = bench({
      profiles: [...two, balancer("lb", ["a", "b"])],
      backends: clocked({ idleMs: 3_000 }),
      acts: { "a-model": [[text("half "), { wait: 60_000 }, text("an answer"), end]] },
    });
    const outcome = await made.run();
    expect(outcome).toMatchObject({
      text: "half ",
      chainLog: ["a: timeout"],
      error: { name: "StreamInterrupted" },
    });
    expect(made.calls).toHaveLength(1);
  });

  test("U15 empty deltas do not keep a stream alive", async () => {
    const ping: (ChatEvent | { wait: number })[] = Array.from({ length: 20 }, () => [
      { wait: 1_000 },
      text(""),
    ]).flat();
    const made = bench({
      profiles: [...two, balancer("lb", ["a", "b"])],
      backends: clocked({ idleMs: 3_500 }),
      acts: { "a-model": [[text("half "), ...ping, end]] },
    });
    expect((await made.run()).error).toMatchObject({ name: "StreamInterrupted", code: "timeout" });
  });

  test("U19 a slow stream that flows is never cut, whatever the total time", async () => {
    const slow = Array.from({ length: 40 }, (_, n) => [text(`${n} `), { wait: 20_000 }]).flat();
    const made = bench({
      profiles: [...two, balancer("lb", ["a", "b"], { settings: { total_timeout_ms: 30_000 } })],
      acts: { "a-model": [[...slow, end]] },
    });
    const outcome = await made.run();
    expect(outcome.chainLog).toEqual(["a: success"]);
    expect(outcome.durationMs).toBe(800_000);
  });

  test("a slow reader never counts against the backend", async () => {
    const made = bench({
      profiles: [...two, balancer("lb", ["a", "b"])],
      backends: clocked({ idleMs: 3_000 }),
      acts: { "a-model": [[text("one "), text("two"), end]] },
    });
    const input = {
      requestId: "r",
      door: "chat" as const,
      target: { kind: "profile", name: "lb" } as const,
      request: { messages: [], tools: [], params: {} },
      rateLimitWaitMs: 0,
    };
    const events = [];
    for await (const event of pulled<RunEvent>((tell, signal) => made.engine.run(input, signal, tell))) {
      events.push(event);
      await made.clock.advance(60_000);
    }
    expect(textOf(events)).toBe("one two");
    expect(events.at(-1)).toMatchObject({ type: "outcome", outcome: { chainLog: ["a: success"] } });
  });

  test("A002-26 the caller's own time limit ends the whole run, before and after the commit point", async () => {
    for (const act of [["hang"], [[text("half "), { wait: 60_000 }]]] as const) {
      const made = bench({ profiles: [...two, balancer("lb", ["a"])], acts: { "a-model": act } });
      const outcome = await made.run({ timeoutMs: 2_000 });
      expect(outcome.durationMs).toBe(2_000);
      expect(outcome.chainLog).toEqual(["a: timeout"]);
    }
  });

  test("no timer, no call and no listener outlives a run", async () => {
    const made = bench({
      profiles: [...two, balancer("lb", ["a", "b"])],
      acts: { "a-model": ["hang"] },
    });
    await made.run({ timeoutMs: 500_000 });
    expect(made.clock.pending()).toBe(0);
    expect(made.open()).toBe(0);
  });
});

describe("the user goes away", () => {
  test("A003-24 an abort cancels the backend at once and never fails over", async () => {
    for (const act of [["hang"], [[text("half "), { wait: 60_000 }]]] as const) {
      const made = bench({ profiles: [...two, balancer("lb", ["a", "b"])], acts: { "a-model": act } });
      const controller = new AbortController();
      const { done } = made.start({}, controller.signal);
      await made.clock.advance(10);
      expect(made.open()).toBe(1);
      controller.abort();
      const outcome = await done;
      expect(outcome).toMatchObject({
        chainLog: ["a: aborted"],
        error: { name: "Aborted", cause: "aborted" },
      });
      expect(made.open()).toBe(0);
      expect(made.calls).toHaveLength(1);
      expect(made.clock.pending()).toBe(0);
    }
  });

  test("a reader that stops reading cancels the backend", async () => {
    const made = bench({
      profiles: [...two, balancer("lb", ["a"])],
      acts: { "a-model": [[text("half "), { wait: 60_000 }]] },
    });
    const input = {
      requestId: "r",
      door: "chat" as const,
      target: { kind: "profile", name: "lb" } as const,
      request: { messages: [], tools: [], params: {} },
      rateLimitWaitMs: 0,
    };
    for await (const event of pulled<RunEvent>((tell, signal) => made.engine.run(input, signal, tell))) {
      if (event.type === "chat") break;
    }
    expect(made.open()).toBe(0);
    expect(made.clock.pending()).toBe(0);
  });
});

describe("the commit point", () => {
  test("A003-16 A003-17 a failure after content is told, not retried, and nothing is said twice", async () => {
    const made = bench({
      profiles: [...two, balancer("lb", ["a", "b"], { settings: { failover_retry_count: 3 } })],
      acts: {
        "a-model": [
          [
            text("one "),
            text("two "),
            { type: "failure", failure: { class: "network", code: "ECONNRESET", message: "reset" } },
          ],
        ],
      },
    });
    const outcome = await made.run();
    expect(outcome).toMatchObject({
      text: "one two ",
      actualModel: "a-model",
      chainLog: ["a: failed (ECONNRESET)"],
      error: { name: "StreamInterrupted", cause: "interrupted" },
    });
    expect(made.calls).toHaveLength(1);
  });

  test("A003-15 nothing of a failed attempt is passed on, and all of the winner's is, in order", async () => {
    const made = bench({
      profiles: [...two, balancer("lb", ["a", "b"])],
      acts: {
        "a-model": [[start, { type: "failure", failure: { class: "server", status: 500, message: "oops" } }]],
        "b-model": [[{ type: "response-start", id: "2" }, text("one "), text("two "), text("three"), end]],
      },
    });
    const outcome = await made.run();
    const passed = outcome.events.flatMap((event) => (event.type === "chat" ? [event.event] : []));
    expect(passed).toEqual([
      { type: "response-start", id: "2" },
      text("one "),
      text("two "),
      text("three"),
      expect.objectContaining(end),
    ]);
  });

  test("reasoning, a refusal or a tool call is content too", async () => {
    for (const event of [
      { type: "reasoning-delta", text: "hm" },
      { type: "refusal-delta", text: "no" },
      { type: "tool-call-start", index: 0, id: "1", name: "f" },
    ] satisfies ChatEvent[]) {
      const made = bench({
        profiles: [...two, balancer("lb", ["a", "b"])],
        acts: {
          "a-model": [[event, { type: "failure", failure: { class: "server", status: 500, message: "x" } }]],
        },
      });
      expect((await made.run()).error?.name).toBe("StreamInterrupted");
    }
  });

  test("U39 an answer without any content is no answer, but a filtered one is", async () => {
    const empty = bench({
      profiles: [...two, balancer("lb", ["a", "b"])],
      acts: { "a-model": [[start, end]] },
    });
    expect((await empty.run()).chainLog).toEqual(["a: failed (empty response)", "b: success"]);
    const filtered = bench({
      profiles: [...two, balancer("lb", ["a", "b"])],
      acts: { "a-model": [[start, { type: "response-end", reason: "content_filter" }]] },
    });
    expect(await filtered.run()).toMatchObject({ chainLog: ["a: success"], finishReason: "content_filter" });
  });
});
