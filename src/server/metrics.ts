import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { Attempt } from "../core/outcome.ts";
import { answerTokens, promptTokens } from "../core/usage.ts";
import type { EndedRequest } from "./ended.ts";
import { type KnownNames, UNKNOWN } from "./known-names.ts";
import type { Look } from "./look.ts";

/** The counts of one server, in Prometheus' format. */
export interface Metrics {
  /** Counts a request; its outcome has known names only. */
  book(ended: EndedRequest): void;
  /** Everything that is counted, and how backends do now. */
  text(look: Look, known: KnownNames): Promise<string>;
  readonly contentType: string;
}

/** Label of a backend where there is none. */
const NONE = "none";

/** Seconds: from a cached answer of a small local model to the longest reasoning. */
const SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600];

/** Values of `nexus_breaker_state`. */
const BREAKER = { closed: 0, "half-open": 1, open: 2 } as const;

/** Starts to count. Nothing is shared with another server in this process. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const counter = <L extends string>(name: string, help: string, labelNames: readonly L[]) =>
    new Counter({ name: `nexus_${name}`, help, labelNames, registers });
  const gauge = <L extends string>(name: string, help: string, labelNames: readonly L[]) =>
    new Gauge({ name: `nexus_${name}`, help, labelNames, registers });
  const seconds = <L extends string>(name: string, help: string, labelNames: readonly L[]) =>
    new Histogram({ name: `nexus_${name}_seconds`, help, labelNames, buckets: SECONDS, registers });

  collectDefaultMetrics({ register: registry });
  const requests = counter("requests_total", "Requests to models, by who answered and the HTTP status.", [
    "model",
    "backend",
    "status",
  ]);
  const errors = counter("errors_total", "Requests to models that failed or were refused.", ["code"]);
  const fallbacks = counter("fallbacks_total", "Requests that another model answered than the first.", [
    "from_model",
    "to_model",
  ]);
  const attempts = counter("attempts_total", "Candidates that were asked or skipped.", [
    "backend",
    "outcome",
  ]);
  const durations = seconds("request_duration", "From a request to the end of its answer.", []);
  const latencies = seconds("backend_latency", "Duration of one request to a backend.", ["backend"]);
  const firstContents = seconds("time_to_first_token", "From a request to a backend to its first content.", [
    "backend",
  ]);
  const tokens = counter("tokens_total", "Tokens, where they are known.", ["backend", "model", "direction"]);
  const costs = counter("cost_usd_total", "US dollars, where a price is known.", ["backend", "model"]);
  const breakers = gauge("breaker_state", "Circuit breaker: 0 closed, 1 half-open, 2 open.", [
    "backend",
    "model",
  ]);
  const pending = gauge("pending_requests", "Requests to a backend that are under way.", ["backend"]);
  const up = gauge("backend_up", "Health of a backend: 1 healthy, 0 not; absent while unknown.", ["backend"]);

  function bookAttempt({ backend: name, model, outcome, skipped, ...attempt }: Attempt): void {
    const backend = name || NONE;
    attempts.inc({ backend, outcome });
    if (skipped) return;
    latencies.observe({ backend }, attempt.durationMs / 1_000);
    if (attempt.firstContentMs !== undefined)
      firstContents.observe({ backend }, attempt.firstContentMs / 1_000);
    if (attempt.usage !== undefined) {
      tokens.inc({ backend, model, direction: "input" }, promptTokens(attempt.usage));
      tokens.inc({ backend, model, direction: "output" }, answerTokens(attempt.usage));
    }
    if (attempt.costUsd !== undefined) costs.inc({ backend, model }, attempt.costUsd);
  }

  return {
    book({ status, outcome, refused, bug, durationMs }) {
      requests.inc({
        model: outcome?.actualModel ?? outcome?.primaryModel ?? UNKNOWN,
        backend: outcome?.backend ?? NONE,
        status: String(status),
      });
      durations.observe(durationMs / 1_000);
      const code = bug === undefined ? (outcome?.error?.code ?? refused) : "internal_error";
      if (code !== undefined) errors.inc({ code });
      if (outcome === undefined) return;
      const { primaryModel, actualModel, fallbackUsed, error } = outcome;
      if (fallbackUsed && error === undefined) {
        fallbacks.inc({ from_model: primaryModel ?? UNKNOWN, to_model: actualModel ?? UNKNOWN });
      }
      for (const attempt of outcome.attempts) bookAttempt(attempt);
    },
    async text(look, known) {
      const states = await look.breakers();
      for (const one of [breakers, pending, up]) one.reset();
      for (const { name, ...backend } of look.backends()) {
        pending.set({ backend: name }, backend.pending);
        if (backend.status !== "unknown") up.set({ backend: name }, Number(backend.status === "healthy"));
      }
      for (const { backend, model, state } of states) {
        if (known.backend(backend) && known.model(model)) breakers.set({ backend, model }, BREAKER[state]);
      }
      return registry.metrics();
    },
    contentType: registry.contentType,
  };
}
