import type { Attempt, Outcome, RunError } from "./outcome.ts";

/** How a request came in. */
export type Door =
  | "chat"
  | "openai-chat"
  | "openai-embeddings"
  | "openai-responses"
  | "anthropic"
  | "gemini"
  | "ollama";

/** What is kept of one request. Never what was asked or answered. */
export interface RequestRecord {
  /** When the run began by the clock on the wall, in milliseconds since 1970. */
  readonly at: number;
  readonly door: Door;
  /** What was asked for. */
  readonly target: { readonly kind: "profile" | "model"; readonly name: string };
  readonly outcome: Outcome;
}

/** The same type for readers of what somebody else wrote: optional keys may hold undefined. */
type Read<T> = { readonly [K in keyof T]: T[K] | (object extends Pick<T, K> ? undefined : never) };

/** An attempt as it is read back. Its words may be those of another version of nexus. */
export type PastAttempt = Read<Omit<Attempt, "outcome" | "skipReason">> & {
  readonly outcome: string;
  readonly skipReason?: string | undefined;
};

/** A run's error as it is read back. */
export type PastError = Read<
  Omit<RunError, "name" | "cause" | "failures" | "profile" | "requiredTier" | "backends">
> & {
  readonly name: string;
  readonly failures: readonly PastAttempt[];
};

/** A run's outcome as it is read back. */
export type PastOutcome = Read<
  Omit<Outcome, "attempts" | "backendType" | "routeReason" | "finishReason" | "error">
> & {
  readonly attempts: readonly PastAttempt[];
  readonly backendType?: string | undefined;
  readonly routeReason?: string | undefined;
  readonly finishReason?: string | undefined;
  readonly error?: PastError | undefined;
};

/** A record as it is read back. */
export interface PastRequest {
  readonly at: number;
  readonly door: string;
  readonly target: RequestRecord["target"];
  readonly outcome: PastOutcome;
}
