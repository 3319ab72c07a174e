import type { Foreseen, Foresight } from "../../engine/foresee.ts";
import { exitCodeOfRun } from "../exit-codes.ts";

/** What a run would do, as `explain --json` prints it; what is not known is null. */
export function foresightJson({
  plan,
  entries,
  waitsFor,
  error,
}: Foresight): Readonly<Record<string, unknown>> {
  const { target, requirement, policies, strategy } = plan;
  return {
    target: { kind: target.kind, name: target.name },
    names: target.way,
    strategy: strategy ?? null,
    policies: policies.map(({ policy, name }) => ({
      match: policy.match,
      name,
      zone: policy.zone ?? null,
      min_tier: policy.minTier ?? null,
      allow_fallback: policy.allowFallback ?? null,
    })),
    primary_model: plan.primaryModel ?? null,
    requirement: {
      capabilities: requirement.capabilities,
      zone: requirement.zone,
      min_tier: requirement.minTier,
      fallback: requirement.fallback,
    },
    candidates: entries.map(entryJson),
    waits_for: waitsFor === undefined ? null : { member: waitsFor.label, wait_ms: Math.ceil(waitsFor.ms) },
    error:
      error === undefined
        ? null
        : {
            name: error.name,
            code: error.code,
            message: error.message,
            retryable: error.retryable,
            retry_after_ms: error.retryAfterMs === undefined ? null : Math.ceil(error.retryAfterMs),
            exit_code: exitCodeOfRun(error),
          },
  };
}

function entryJson({ entry, circuit, inFlight, backInMs }: Foreseen): object {
  const refusal = entry.kind === "refusal" ? entry : undefined;
  const candidate = entry.kind === "candidate" ? entry : entry.candidate;
  const backend = candidate?.backend;
  return {
    member: entry.label,
    backend: backend?.name ?? refusal?.backend ?? null,
    model: entry.model ?? null,
    usable: refusal === undefined,
    rule: refusal === undefined ? null : (refusal.filter ?? refusal.failure?.class ?? null),
    why: refusal?.why ?? null,
    zone: backend?.zone ?? null,
    tier: backend?.tier ?? null,
    priority: backend?.priority ?? null,
    score: candidate?.score ?? null,
    context_window: candidate?.window ?? null,
    max_concurrent: backend?.maxConcurrent ?? null,
    in_flight: inFlight ?? null,
    circuit: circuit ?? null,
    back_in_ms: backInMs === undefined ? null : Math.ceil(backInMs),
    params: candidate?.params ?? null,
  };
}
