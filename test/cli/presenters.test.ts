import { describe, expect, it } from "vitest";
import { jsonMode } from "../../src/cli/chat/json-mode.ts";
import { ndjsonMode } from "../../src/cli/chat/ndjson-mode.ts";
import { tellOutcome } from "../../src/cli/chat/outcome-lines.ts";
import type { AnswerOut, Presenter, PresenterOptions } from "../../src/cli/chat/presenter.ts";
import { textMode } from "../../src/cli/chat/text-mode.ts";
import type { RunEvent } from "../../src/core/outcome.ts";
import { type FakeApp, type FakeAppOptions, fakeApp } from "./support/fake-app.ts";
import { aFailedOutcome, anAttempt, anOutcome, OVERLOADED, USAGE } from "./support/outcomes.ts";

type Make = (fake: FakeApp, out: AnswerOut, options: PresenterOptions) => Presenter | Promise<Presenter>;

const text: Make = ({ context }, out, options) => textMode(context, out, options);
const json: Make = ({ context }, out, options) => jsonMode(context, out, options);
const ndjson: Make = ({ context }, out, options) =>
  ndjsonMode(context, out, { requestId: "req_8f2c", target: { kind: "profile", name: "lb" } }, options);

const said = (piece: string): RunEvent => ({ type: "chat", event: { type: "text-delta", text: piece } });
const ANSWERED: readonly RunEvent[] = [
  { type: "attempt-start", member: "fast", backend: "openai", model: "gpt-4o-mini", number: 1 },
  { type: "attempt-end", attempt: OVERLOADED },
  { type: "attempt-start", member: "local", backend: "ollama", model: "llama3.2", number: 2 },
  { type: "chat", event: { type: "response-start" } },
  said("Hel"),
  said("lo"),
  { type: "attempt-end", attempt: anAttempt() },
  { type: "outcome", outcome: anOutcome() },
];

async function show(
  make: Make,
  events: readonly RunEvent[],
  options: FakeAppOptions & { debug?: boolean } = {},
): Promise<{ stdout: string; stderr: string }> {
  const fake = fakeApp(options);
  let stdout = "";
  const out: AnswerOut = {
    closed: false,
    async write(piece) {
      stdout += piece;
    },
  };
  const presenter = await make(fake, out, {
    debug: options.debug ?? false,
    tellOutcome: (outcome) => tellOutcome(fake.context, outcome, () => undefined),
  });
  for (const event of events) await presenter.show(event);
  presenter.close();
  return { stdout, stderr: fake.stderr() };
}

describe("text", () => {
  it("T1 puts the answer with one newline on stdout and the lines on stderr", async () => {
    const { stdout, stderr } = await show(text, ANSWERED);
    expect(stdout).toBe("Hello\n");
    expect(stderr.split("\n")).toEqual([
      "nexus: degraded mode: gpt-4o-mini (fast) did not answer, llama3.2 (local) did",
      "nexus: chain: fast: failed (503 Service Unavailable) -> local: success",
      "nexus: answered by: llama3.2 @ ollama (local) · 1.2 s · 345 in, 120 out · req_8f2c",
      "",
    ]);
  });

  it("adds no newline to an answer that ends with one", async () => {
    const { stdout } = await show(text, [said("Hi\n"), { type: "outcome", outcome: anOutcome() }]);
    expect(stdout).toBe("Hi\n");
  });

  it("T2, A002-18 writes nothing to stdout for a failed run", async () => {
    const { stdout, stderr } = await show(text, [{ type: "outcome", outcome: aFailedOutcome() }]);
    expect(stdout).toBe("");
    expect(stderr).toContain("nexus: failed: All models in chain failed: fast: 503 Service Unavailable\n");
  });

  it("S10 keeps what had streamed and ends the line", async () => {
    const { stdout } = await show(text, [said("Hel"), { type: "outcome", outcome: aFailedOutcome() }]);
    expect(stdout).toBe("Hel\n");
  });

  it("says nothing on stderr with -q", async () => {
    const { stderr } = await show(text, ANSWERED, { globals: { quiet: true } });
    expect(stderr).toBe("");
  });

  it("T7 takes control sequences out on a terminal, split over pieces, and nowhere else", async () => {
    const events = [
      said("a\u001b"),
      said("[31"),
      said("mb"),
      { type: "outcome", outcome: anOutcome() } as const,
    ];
    expect((await show(text, events, { stdoutIsTty: true })).stdout).toBe("ab\n");
    expect((await show(text, events)).stdout).toBe("a\u001b[31mb\n");
  });

  it("prints the tool calls of an answer as lines of JSON after it", async () => {
    const { stdout } = await show(text, [
      { type: "chat", event: { type: "tool-call-start", index: 0, id: "call_1", name: "now" } },
      { type: "chat", event: { type: "tool-call-delta", index: 0, json: '{"zone":' } },
      { type: "chat", event: { type: "tool-call-delta", index: 0, json: '"UTC"}' } },
      { type: "outcome", outcome: anOutcome() },
    ]);
    expect(JSON.parse(stdout)).toEqual({
      tool_call: { id: "call_1", name: "now", arguments: '{"zone":"UTC"}' },
    });
  });

  it("keeps reasoning off stdout and tells it with --debug", async () => {
    const events: readonly RunEvent[] = [
      { type: "chat", event: { type: "reasoning-delta", text: "hmm" } },
      said("42"),
      { type: "outcome", outcome: anOutcome() },
    ];
    expect(await show(text, events)).toMatchObject({
      stdout: "42\n",
      stderr: expect.not.stringContaining("hmm"),
    });
    expect((await show(text, events, { debug: true })).stderr).toContain("debug: reasoning: hmm");
  });

  it("warns on stderr", async () => {
    const { stderr } = await show(text, [{ type: "warning", message: "member x: no such profile" }]);
    expect(stderr).toBe("nexus: warning: member x: no such profile\n");
  });
});

describe("--debug", () => {
  it("tells each attempt as it happens, and a failover by that name", async () => {
    const { stderr } = await show(text, ANSWERED, { debug: true });
    expect(stderr).toContain("nexus: debug: attempt 1: fast (gpt-4o-mini @ openai), selected\n");
    expect(stderr).toContain("nexus: debug: fast: failed (503 Service Unavailable) after 1.2 s\n");
    expect(stderr).toContain("nexus: debug: attempt 2: local (llama3.2 @ ollama), failover from fast\n");
  });

  it("A003-30 has no failover line when the first member answers", async () => {
    const { stderr } = await show(text, ANSWERED.slice(2), { debug: true });
    expect(stderr).toContain("attempt 2: local (llama3.2 @ ollama), selected");
    expect(stderr).not.toContain("failover");
  });
});

describe("--json", () => {
  it("X-01 is one object with every promised key", async () => {
    const { stdout } = await show(json, ANSWERED);
    expect(JSON.parse(stdout)).toEqual({
      answer: "Hello",
      final_model: "llama3.2",
      backend: "ollama",
      profile: "lb",
      fallback_used: true,
      route_reason: "backend-failover",
      finish_reason: "stop",
      chain_log: ["fast: failed (503 Service Unavailable)", "local: success"],
      attempts: [
        expect.objectContaining({ member: "fast", outcome: "overloaded", status: 503, skipped: false }),
        expect.objectContaining({ member: "local", outcome: "success", first_content_ms: 300, wait_ms: 0 }),
      ],
      usage: {
        input_tokens: 345,
        output_tokens: 120,
        cached_input_tokens: 40,
        cache_write_tokens: 5,
        reasoning_tokens: 20,
        estimated: false,
      },
      cost_usd: null,
      duration_ms: 1200,
      request_id: "req_8f2c",
      error: null,
    });
  });

  it("A001-15 tells what the run and each attempt cost, null where nobody knows", async () => {
    const paid = anAttempt({ usage: USAGE, costUsd: 0.1 + 0.2 });
    const outcome = anOutcome({ attempts: [OVERLOADED, paid], costUsd: 0.1 + 0.2 });
    const { stdout } = await show(json, [{ type: "outcome", outcome }]);
    expect(JSON.parse(stdout)).toMatchObject({
      attempts: [{ cost_usd: null }, { cost_usd: 0.3 }],
      cost_usd: 0.3,
    });
  });

  it("A002-18, A003-13 tells a failed run with null answer and model, and every member's failure", async () => {
    const { stdout } = await show(json, [{ type: "outcome", outcome: aFailedOutcome() }]);
    expect(JSON.parse(stdout)).toMatchObject({
      answer: null,
      final_model: null,
      chain_log: ["fast: failed (503 Service Unavailable)"],
      error: {
        name: "LoadBalancerFailoverError",
        code: "fallback_chain_exhausted",
        retryable: true,
        failures: [{ member: "fast", status: 503, message: "Service Unavailable" }],
      },
    });
  });

  it("keeps what had come of an answer that broke off", async () => {
    const outcome = aFailedOutcome({ name: "StreamInterrupted", cause: "interrupted" });
    const { stdout } = await show(json, [said("Hel"), { type: "outcome", outcome }]);
    expect(JSON.parse(stdout)).toMatchObject({ answer: "Hel", final_model: null });
  });
});

describe("--ndjson", () => {
  it("tells start, attempts, deltas and one last done", async () => {
    const { stdout } = await show(ndjson, ANSWERED);
    const events = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(events.map(({ type }) => type)).toEqual(["start", "attempt", "delta", "delta", "attempt", "done"]);
    expect(events[0]).toEqual({ type: "start", request_id: "req_8f2c", profile: "lb", model: null });
    expect(
      events
        .filter(({ type }) => type === "delta")
        .map((event) => event.text)
        .join(""),
    ).toBe("Hello");
    expect(events.at(-1)).toMatchObject({
      final_model: "llama3.2",
      chain_log: expect.any(Array),
      error: null,
    });
  });

  it("T16 ends a failed run with one error", async () => {
    const { stdout } = await show(ndjson, [said("Hel"), { type: "outcome", outcome: aFailedOutcome() }]);
    const events = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(events.map(({ type }) => type)).toEqual(["start", "delta", "error"]);
    expect(events.at(-1).error.name).toBe("LoadBalancerFailoverError");
  });
});
