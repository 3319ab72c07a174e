import type { Backend, Zone } from "./backend.ts";
import type { ChatEvent, StopReason } from "./chat.ts";
import type { FailureClass } from "./failure.ts";
import type { Usage } from "./usage.ts";

/** Why a candidate was passed over without a request. */
export type SkipReason =
  | "strict"
  | "zone"
  | "tier"
  | "vision"
  | "tools"
  | "json"
  | "embeddings"
  | "unsupported"
  | "context"
  | "no backend"
  | "unhealthy"
  | "draining"
  | "at capacity"
  | "circuit open"
  | "cooling down"
  | "out of time";

/**
 * What happened to one candidate: a request that was sent, or why none was. Durations in milliseconds. What is not known may be
 * missing or undefined: objects of one shape are made and read faster.
 */
export interface Attempt {
  readonly member: string;
  readonly backend: string;
  readonly model: string;
  readonly outcome: "success" | "skipped" | FailureClass;
  readonly status?: number | undefined;
  readonly message?: string | undefined;
  /** The provider's own code for the failure, or the system's. */
  readonly code?: string | undefined;
  /** Waited before sending: a retry delay or a stated rate-limit wait. */
  readonly waitMs: number;
  readonly firstContentMs?: number | undefined;
  readonly durationMs: number;
  readonly usage?: Usage | undefined;
  /** USD, where usage and price are known. Only in the outcome: prices are looked up when the answer is out. */
  readonly costUsd?: number | undefined;
  readonly skipped: boolean;
  readonly skipReason?: SkipReason | undefined;
  /** The entry's text in the chain log, its name included. */
  readonly chain: string;
}

/** A backend that a request could have gone to, and how it stands. One of which nothing is known counts as healthy. */
export interface BackendState {
  readonly name: string;
  readonly status: "healthy" | "unhealthy" | "at_capacity";
  readonly zone: Zone;
  readonly tier: number;
}

/** Why a run ended without an answer. */
export interface RunError {
  readonly name:
    | "LoadBalancerFailoverError"
    | "FallbackChainExhausted"
    | "RequestRejected"
    | "StreamInterrupted"
    | "Aborted"
    | "EmptyChain"
    | "InternalError";
  /** Stable code for scripts: a failure class, `fallback_chain_exhausted`, `privacy_constraint_violation`, `no_capable_backend`, … */
  readonly code: string;
  readonly message: string;
  /** Whether the same request may work later without anybody mending anything. */
  readonly retryable: boolean;
  /** Profile the run went through, if any. */
  readonly profile?: string;
  /** Every attempt that did not answer, skips included. */
  readonly failures: readonly Attempt[];
  /** Tier the request needed; 0 when it needed none. Absent where it does not matter. */
  readonly requiredTier?: number;
  /** Backends that match the request's models and capabilities. Absent where they do not matter. */
  readonly backends?: readonly BackendState[];
  /** Milliseconds until something may work again, where that is known. */
  readonly retryAfterMs?: number;
  /** Broad cause, in the words of the exit codes and statuses. */
  readonly cause: "config" | "auth" | "passes" | "permanent" | "interrupted" | "aborted" | "internal";
}

/** The result of a run. What is not known may be missing or undefined. */
export interface Outcome {
  readonly requestId: string;
  readonly profile?: string | undefined;
  readonly backend?: string | undefined;
  readonly backendType?: "local" | "cloud" | undefined;
  /** The model that answered: never an alias, never a profile's name. Undefined when none did. */
  readonly actualModel?: string | undefined;
  /** First model in policy order, ruled out or not. */
  readonly primaryModel?: string | undefined;
  /** Member (or `model@backend`) that came first in policy order, and the one that answered. */
  readonly primaryMember?: string | undefined;
  readonly answeringMember?: string | undefined;
  /** Why it was this one. */
  readonly routeReason?: RouteReason | undefined;
  /** Whether the model that answered is not the first in policy order. */
  readonly fallbackUsed: boolean;
  /** Whether the first candidate did not answer. */
  readonly degraded: boolean;
  readonly finishReason?: StopReason | undefined;
  readonly chainLog: readonly string[];
  readonly attempts: readonly Attempt[];
  readonly usage?: Usage | undefined;
  /** USD for all attempts that have usage, failed ones too. Undefined when there is none, or one of them has no known price. */
  readonly costUsd?: number | undefined;
  readonly durationMs: number;
  readonly error?: RunError | undefined;
}

/** Why this backend and no other answers. */
export type RouteReason =
  | "backend-failover"
  | "capacity-overflow"
  | "privacy-requirement"
  | "capability-match";

/** Who answers, as far as it is known when the answer begins. */
export interface Answering {
  readonly backend: Backend;
  readonly model: string;
  readonly member: string;
  readonly place: "local" | "cloud";
  readonly reason: RouteReason;
  readonly fallbackUsed: boolean;
  readonly degraded: boolean;
  /** Fields of the request that it was not sent, because it has no place for them and they change little. */
  readonly dropped: readonly string[];
  /** What happened to the candidates before it. */
  readonly chainLog: readonly string[];
}

/** What a run tells while it goes on; `outcome` is the last event. */
export type RunEvent =
  /** A request is about to be sent. */
  | {
      readonly type: "attempt-start";
      readonly member: string;
      readonly backend: string;
      readonly model: string;
      readonly number: number;
    }
  /** A candidate was skipped or its attempt ended. */
  | { readonly type: "attempt-end"; readonly attempt: Attempt }
  /** Something the user should know once: a member that cannot serve, a parameter that was left out. */
  | { readonly type: "warning"; readonly message: string }
  /** Waiting before the next request. */
  | {
      readonly type: "waiting";
      readonly member: string;
      readonly ms: number;
      readonly why: "retry-delay" | "rate-limit" | "capacity";
    }
  /** Nothing is retried any more: this candidate answers. Comes before the first part of its answer. */
  | { readonly type: "committed"; readonly answering: Answering }
  /** A part of the answer. Only from the candidate that is committed to. */
  | { readonly type: "chat"; readonly event: Exclude<ChatEvent, { type: "failure" }> }
  | { readonly type: "outcome"; readonly outcome: Outcome };
