import { afterEach, describe, expect, test } from "vitest";
import type { RunError, RunEvent } from "../../src/core/outcome.ts";
import { reset } from "../../src/mock/exchange.ts";
import { type Mock, startMock } from "../../src/mock/mock.ts";
import type { Step } from "../../src/mock/step.ts";
import { sendBeginning } from "../../src/mock/stream.ts";
import { openTestWorld } from "../support/open-world.ts";
import { pulled } from "../support/pulled.ts";
import { ask, textOf } from "../support/run-engine.ts";

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((one) => one.close()));
});

const TIMEOUTS = { connect_ms: 2_000, first_content_ms: 150, idle_ms: 150 };

/** Two members over the shipped wiring: `a` does what the fault says, `b` answers. */
async function pair(fault: Step) {
  const a = await startMock({ steps: [fault], answer: "Hello there." });
  const b = await startMock({ answer: "Fine." });
  const record = ({ url }: Mock) => ({ type: "generic", url, timeouts: TIMEOUTS });
  const world = await openTestWorld({
    config: { backends: { a: record(a), b: record(b) } },
    profiles: {
      a: { type: "model", backend: "a", model: "m" },
      b: { type: "model", backend: "b", model: "m2" },
      lb: { type: "loadbalancer", policy: "failover", profiles: ["a", "b"] },
    },
  });
  opened.push(a, b, { close: () => world.remove() });
  return { world, a, b };
}

interface Row {
  readonly fault: string;
  /** The member's text in the chain log. */
  readonly chain: string | RegExp;
  /** Whether the next member is asked. */
  readonly next: boolean;
  /** The error of a run over this member alone. */
  readonly alone: Pick<RunError, "name" | "code" | "cause">;
}

const failed = (code: string, cause: RunError["cause"]): Row["alone"] => ({
  name: "LoadBalancerFailoverError",
  code,
  cause,
});
const rejected = (code: string): Row["alone"] => ({ name: "RequestRejected", code, cause: "permanent" });
const EXHAUSTED = "fallback_chain_exhausted";

const BEFORE: Readonly<Record<string, Row>> = {
  auth: { fault: "401", chain: "auth failed", next: true, alone: failed("upstream_auth", "auth") },
  quota: {
    fault: "429-quota",
    chain: "rate limited",
    next: true,
    alone: failed("rate_limited", "permanent"),
  },
  rate_limited: { fault: "429", chain: "rate limited", next: true, alone: failed("rate_limited", "passes") },
  overloaded: { fault: "503", chain: /^failed \(503 .+\)$/, next: true, alone: failed(EXHAUSTED, "passes") },
  server: { fault: "500", chain: /^failed \(500 .+\)$/, next: true, alone: failed(EXHAUSTED, "passes") },
  timeout: { fault: "timeout", chain: "timeout", next: true, alone: failed("timeout", "passes") },
  network: { fault: "reset", chain: "failed (ECONNRESET)", next: true, alone: failed(EXHAUSTED, "passes") },
  malformed: {
    fault: "empty",
    chain: "failed (empty response)",
    next: true,
    alone: failed("malformed", "passes"),
  },
  model_missing: {
    fault: "404-model",
    chain: "failed (model not found)",
    next: true,
    alone: failed("model_not_found", "permanent"),
  },
  context: {
    fault: "400-context",
    chain: /^failed \(context length: .+\)$/,
    next: true,
    alone: failed("context_length_exceeded", "permanent"),
  },
  refused: { fault: "400-policy", chain: "failed (content policy)", next: false, alone: rejected("refused") },
  invalid: { fault: "422", chain: /^failed \(422 .+\)$/, next: false, alone: rejected("invalid") },
};

/** How the same class comes after content. A whole class that only a status line can tell has no row. */
const AFTER: Readonly<Record<string, { readonly fault: string; readonly chain: string | RegExp }>> = {
  auth: { fault: "error-in-stream-after:error=401", chain: "auth failed" },
  quota: { fault: "error-in-stream-after:error=429-quota", chain: "rate limited" },
  rate_limited: { fault: "error-in-stream-after:error=429", chain: "rate limited" },
  overloaded: { fault: "error-in-stream-after:error=529", chain: /^failed \(503 .+\)$/ },
  server: { fault: "error-in-stream-after:error=500", chain: /^failed \(500 .+\)$/ },
  timeout: { fault: "stall", chain: "timeout" },
  malformed: { fault: "end-stream", chain: /^failed \(the stream broke off .+\)$/ },
  model_missing: { fault: "error-in-stream-after:error=404-model", chain: "failed (model not found)" },
  context: { fault: "error-in-stream-after:error=400-context", chain: /^failed \(context length: .+\)$/ },
  refused: { fault: "error-in-stream-after:error=400-policy", chain: "failed (content policy)" },
  invalid: { fault: "error-in-stream-after:error=400", chain: /^failed \(400 .+\)$/ },
};

function entry(chain: string | RegExp) {
  return typeof chain === "string" ? `a: ${chain}` : expect.stringMatching(chain.source.replace("^", "^a: "));
}

describe("every class of failure before the commit point", () => {
  test.each(Object.entries(BEFORE))("A002-13 A003-15 %s", async (name, { fault, chain, next, alone }) => {
    const { world, a, b } = await pair(fault);
    const outcome = await world.chat("lb");
    expect(outcome.attempts[0]?.outcome).toBe(name);
    expect(outcome.chainLog).toEqual(next ? [entry(chain), "b: success"] : [entry(chain)]);
    expect(textOf(outcome.events)).toBe(next ? "Fine." : "");
    expect([a.chats.length, b.chats.length]).toEqual([1, next ? 1 : 0]);

    const single = await pair(fault);
    expect((await single.world.chat("a")).error).toMatchObject(alone);
  });
});

describe("every class of failure after the commit point", () => {
  test.each(Object.entries(AFTER))("A003-16 %s", async (name, { fault, chain }) => {
    const { world, b } = await pair(fault);
    const outcome = await world.chat("lb");
    expect(outcome.attempts.map((attempt) => attempt.outcome)).toEqual([name]);
    expect(outcome.chainLog).toEqual([entry(chain)]);
    expect(textOf(outcome.events)).toMatch(/^Hello ?$/);
    expect(outcome.error).toMatchObject({ name: "StreamInterrupted", code: name, cause: "interrupted" });
    expect(b.chats).toHaveLength(0);
  });

  test("A003-16 network: a connection that is reset once the content has been read", async () => {
    let contentIsRead = () => {};
    const read = new Promise<void>((resolve) => {
      contentIsRead = resolve;
    });
    const { world, b } = await pair(async (exchange) => {
      await sendBeginning(exchange, 1);
      // A reset overtakes what has not been read yet.
      await read;
      await reset(exchange);
    });
    const events: RunEvent[] = [];
    const input = {
      requestId: "r",
      door: "chat",
      target: { kind: "profile", name: "lb" },
      request: ask(),
      rateLimitWaitMs: 0,
    } as const;
    for await (const event of pulled<RunEvent>((tell, signal) => world.engine.run(input, signal, tell))) {
      events.push(event);
      if (event.type === "chat" && event.event.type === "text-delta") contentIsRead();
    }
    expect(events.at(-1)).toMatchObject({
      type: "outcome",
      outcome: {
        chainLog: ["a: failed (ECONNRESET)"],
        error: { name: "StreamInterrupted", code: "network", cause: "interrupted" },
      },
    });
    expect(b.chats).toHaveLength(0);
  });
});
