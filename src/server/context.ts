import type { RunError } from "../core/outcome.ts";
import type { ActionableContext } from "./actionable-error.ts";

/** What a client can act on when nobody answered: who would have the model, and when it is worth coming back. */
export function errorContext({ requiredTier, backends, retryAfterMs }: RunError): ActionableContext {
  return {
    required_tier: requiredTier ?? null,
    available_backends: [...(backends ?? [])],
    eta_seconds: retryAfterMs === undefined ? null : Math.max(1, Math.ceil(retryAfterMs / 1_000)),
  };
}
