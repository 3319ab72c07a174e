import type { Attempt, Outcome, RunError } from "../core/outcome.ts";
import type { Plan } from "../routing/plan.ts";
import { totalCost } from "./cost.ts";
import { abortedRun, brokenRun, chainLogOf, exhausted, interrupted, rejected } from "./errors.ts";
import type { Arrival, Journey } from "./journey.ts";

/** The result of a run, from what happened on the way and how it ended. */
export function outcomeOf(
  journey: Pick<Journey, "plan" | "requestId" | "answering">,
  attempts: readonly Attempt[],
  arrival: Arrival,
  durationMs: number,
): Outcome {
  const { plan, requestId } = journey;
  const winner = arrival.kind === "answered" || arrival.kind === "broke-off" ? journey.answering : undefined;
  const result = arrival.kind === "answered" ? arrival.result : undefined;
  return {
    requestId,
    chainLog: chainLogOf(plan, attempts),
    attempts,
    durationMs: Math.round(durationMs),
    fallbackUsed: winner?.fallbackUsed ?? false,
    degraded: winner?.degraded ?? false,
    profile: plan.target.kind === "profile" ? plan.target.name : undefined,
    primaryModel: plan.primaryModel,
    primaryMember: plan.primaryLabel,
    backend: winner?.backend.name,
    backendType: winner?.place,
    actualModel: winner?.model,
    answeringMember: winner?.member,
    routeReason: winner?.reason,
    finishReason: result?.reason,
    usage: result?.usage,
    costUsd: totalCost(attempts),
    error: errorOf(plan, attempts, arrival),
  };
}

function errorOf(plan: Plan, attempts: readonly Attempt[], arrival: Arrival): RunError | undefined {
  switch (arrival.kind) {
    case "answered":
      return undefined;
    case "broke-off":
      return interrupted(plan, attempts, arrival.by);
    case "stopped":
      return rejected({ ...arrival, plan, attempts }, arrival.by);
    case "aborted":
      return abortedRun(plan, attempts);
    case "broken":
      return brokenRun(plan, attempts);
    case "exhausted":
      return exhausted({ ...arrival, plan, attempts });
  }
}
