import { expect, test } from "vitest";
import type { RunEvent } from "../../src/core/outcome.ts";
import { createRegistry } from "../../src/registry/registry.ts";
import { pulled } from "../support/pulled.ts";
import { backend, balancer, bench, model } from "../support/run-engine.ts";

/** An engine whose attempts a registry hears. */
function heard(acts: Parameters<typeof bench>[0]["acts"] = {}) {
  const warnings: string[] = [];
  const registry = createRegistry({ now: () => 0, warn: (message) => warnings.push(message) });
  const backends = [backend("a"), backend("b")];
  for (const one of backends) registry.add(one);
  const { hearAttempt } = registry;
  const profiles = [model("a"), model("b"), balancer("lb", ["a", "b"])];
  return { ...bench({ profiles, backends, acts, hearAttempt }), registry, warnings };
}

test("an attempt is under way until it is over, and its first content is its latency", async () => {
  const answer = [
    { wait: 40 },
    { type: "text-delta", text: "hello" },
    { wait: 500 },
    { type: "response-end", reason: "stop" },
  ] as const;
  const { start, clock, registry } = heard({ "a-model": [answer] });
  const { done } = start();
  await clock.advance(100);
  expect(registry.loadOf("a")).toMatchObject({ pending: 1, status: "unknown" });
  await clock.advance(500);
  await done;
  expect(registry.loadOf("a")).toMatchObject({ pending: 0, latencyMs: 40, status: "healthy" });
});

test("a failure is over too, changes no status, and is no latency", async () => {
  const { run, registry } = heard({ "a-model": [{ class: "server", status: 500, message: "oops" }] });
  await run();
  expect(registry.loadOf("a")).toMatchObject({ pending: 0, requests: 1, latencyMs: 0, status: "unknown" });
  expect(registry.loadOf("b")).toMatchObject({ pending: 0, requests: 1, status: "healthy" });
});

test("whoever goes away in the middle leaves nothing under way, on a stream that is read no further either", async () => {
  const { engine, start, clock, registry, warnings } = heard({ "a-model": ["hang", "ok"] });
  const leaving = new AbortController();
  const { done } = start({}, leaving.signal);
  await clock.advance(10);
  expect(registry.loadOf("a").pending).toBe(1);
  leaving.abort();
  await done;
  expect(registry.loadOf("a").pending).toBe(0);

  const input = {
    requestId: "req_1",
    door: "chat" as const,
    target: { kind: "profile" as const, name: "lb" },
    request: { messages: [], tools: [], params: {} },
    rateLimitWaitMs: 0,
  };
  for await (const event of pulled<RunEvent>((tell, signal) => engine.run(input, signal, tell))) {
    if (event.type === "chat") break;
  }
  expect(registry.loadOf("a")).toMatchObject({ pending: 0, requests: 2, status: "unknown" });
  expect(warnings).toEqual([]);
});
