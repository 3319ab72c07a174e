import type { ChatRequest, Gap } from "../core/chat.ts";
import type { Answering, Attempt, RunEvent } from "../core/outcome.ts";
import type { WireAsk } from "../core/ports.ts";
import type { Take } from "../core/take.ts";
import type { Candidate, Plan } from "../routing/plan.ts";
import type { AttemptResult } from "./attempt.ts";
import type { EngineDeps } from "./engine.ts";

/** What one run goes by. Times are `clock.now()` milliseconds. */
export interface Journey {
  readonly plan: Plan;
  readonly request: ChatRequest;
  readonly wire: WireAsk | undefined;
  readonly requestId: string;
  readonly deadline: number;
  readonly rateLimitWaitMs: number;
  /** Tells what happens as it happens. */
  readonly tell: Take<RunEvent>;
  /** Aborts when the user goes away or the caller's own time is up. */
  readonly signal: AbortSignal;
  /** What of the request a candidate cannot be sent. */
  readonly gapsOf: (candidate: Candidate) => readonly Gap[];
  /** Names under which this run has taken its turn. */
  readonly taken: Set<string>;
  /** Everything that happened so far, in order. */
  readonly attempts: Attempt[];
  /** Set at the commit point. */
  answering: Answering | undefined;
  readonly deps: EngineDeps;
}

/** How the walk over the candidates ended. */
export type Arrival =
  | { readonly kind: "answered"; readonly candidate: Candidate; readonly result: AttemptResult }
  | { readonly kind: "broke-off"; readonly by: Attempt }
  | { readonly kind: "stopped"; readonly by: Attempt; readonly retryAfterMs?: number }
  | { readonly kind: "aborted" }
  /** By a bug of ours. */
  | { readonly kind: "broken" }
  | { readonly kind: "exhausted"; readonly retryAfterMs?: number; readonly firstBack?: string };

/** Books what happened to a candidate and tells it. */
export function ended(journey: Journey, done: Attempt): Promise<void> | undefined {
  journey.attempts.push(done);
  return journey.tell({ type: "attempt-end", attempt: done });
}

/** Whether nothing more may be sent: the time of the whole chain, or the caller's own, is up. */
export function isOutOfTime({ signal, deadline, deps }: Journey): boolean {
  return signal.aborted || deps.clock.now() >= deadline;
}
