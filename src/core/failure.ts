/** Everything that can go wrong with an attempt. What each leads to stands in `RULES`, and nowhere else. */
export type FailureClass =
  | "auth"
  | "quota"
  | "rate_limited"
  | "overloaded"
  | "server"
  | "timeout"
  | "network"
  | "malformed"
  | "model_missing"
  | "context"
  | "refused"
  | "invalid"
  | "config"
  | "aborted";

/** Which clock ran out. */
export type Limit = "connect" | "first-content" | "answer" | "idle" | "total";

/** What went wrong with one attempt. */
export interface Failure {
  readonly class: FailureClass;
  /** What happened, for people: one sentence without secrets, not yet cut to length. */
  readonly message: string;
  /** HTTP status, also of an error told inside a 200 answer where it maps to one. */
  readonly status?: number;
  /** The provider's own code for it (`insufficient_quota`), or the system's (`ECONNREFUSED`). */
  readonly code?: string;
  /** Milliseconds the backend asked to be left alone. */
  readonly retryAfterMs?: number;
  /** For `timeout`: the clock that ran out. */
  readonly limit?: Limit;
  /**
   * For `timeout`: the limit was shorter than the backend's own (the caller's, the profile's, a share of the time left),
   * so that it says nothing about the backend.
   */
  readonly borrowedLimit?: boolean;
  /** For `auth`: there was no key, so that nothing was sent. */
  readonly keyMissing?: boolean;
}

interface Rule {
  /** Whether the same member may be asked again, up to the retry count. */
  readonly retrySame: boolean;
  /** Whether the next member is asked. */
  readonly next: "yes" | "no" | "unless-network-switch-off" | "larger-window";
  /** What the breaker makes of it. `key`: counts for that key only. `unless-stated`: counts when no wait was stated. */
  readonly breaker: "counts" | "key" | "unless-stated" | "unless-borrowed" | "never";
  /** Longest cool-down a stated wait can set, in milliseconds. 0: a stated wait sets none. */
  readonly coolDownCapMs: number;
  /** Cool-down when no wait was stated. */
  readonly coolDownDefaultMs: number;
  /** Whether it passes by itself, so that a later try is worth it. */
  readonly passes: boolean;
}

const HOUR = 3_600_000;

/** Contract: what each class of failure leads to. */
export const RULES: Readonly<Record<FailureClass, Rule>> = {
  auth: rule({ next: "yes", breaker: "key" }),
  quota: rule({ next: "yes", coolDownCapMs: 24 * HOUR, coolDownDefaultMs: HOUR }),
  rate_limited: rule({ next: "yes", breaker: "unless-stated", coolDownCapMs: HOUR, passes: true }),
  overloaded: rule({ retrySame: true, next: "yes", breaker: "counts", coolDownCapMs: HOUR, passes: true }),
  server: rule({ retrySame: true, next: "yes", breaker: "counts", coolDownCapMs: HOUR, passes: true }),
  timeout: rule({ next: "yes", breaker: "unless-borrowed", passes: true }),
  network: rule({ retrySame: true, next: "unless-network-switch-off", breaker: "counts", passes: true }),
  malformed: rule({ retrySame: true, next: "yes", breaker: "counts", passes: true }),
  model_missing: rule({ next: "yes", breaker: "counts" }),
  context: rule({ next: "larger-window" }),
  refused: rule({}),
  invalid: rule({}),
  /** The member itself is broken (no such profile or backend): nothing was sent. */
  config: rule({ next: "yes" }),
  aborted: rule({}),
};

function rule(stated: Partial<Rule>): Rule {
  return {
    retrySame: false,
    next: "no",
    breaker: "never",
    coolDownCapMs: 0,
    coolDownDefaultMs: 0,
    passes: false,
    ...stated,
  };
}

/** Whether a wait that a backend states means something for this class of failure. */
export function heedsWait(name: FailureClass): boolean {
  return RULES[name].coolDownCapMs > 0;
}

/** Milliseconds this failure keeps its candidate out, 0 for none. */
export function coolDownOf(failure: Failure): number {
  const { coolDownCapMs, coolDownDefaultMs } = RULES[failure.class];
  return Math.min(failure.retryAfterMs ?? coolDownDefaultMs, coolDownCapMs);
}

/** Whether the breaker counts this failure, and for what: the backend's model or only the key. */
export function countsFor(failure: Failure): "model" | "key" | "nothing" {
  switch (RULES[failure.class].breaker) {
    case "counts":
      return "model";
    case "key":
      return failure.keyMissing ? "nothing" : "key";
    case "unless-stated":
      return failure.retryAfterMs === undefined ? "model" : "nothing";
    case "unless-borrowed":
      return failure.borrowedLimit ? "nothing" : "model";
    case "never":
      return "nothing";
  }
}

/** A bug is not a failure of a backend: this is how code that holds a `Failure` may throw it across a callback. */
export class FailureSignal extends Error {
  readonly failure: Failure;
  constructor(failure: Failure) {
    super(failure.message);
    this.name = "FailureSignal";
    this.failure = failure;
  }
}

/** An answer that is not what was promised. */
export function malformed(message: string): Failure {
  return { class: "malformed", message };
}

/** What an aborted signal means to the request it ended. */
export function abortFailure(signal: AbortSignal): Failure {
  const reason: unknown = signal.reason;
  return reason instanceof FailureSignal ? reason.failure : { class: "aborted", message: "aborted" };
}

/** Whether whoever asked has left, rather than a clock run out. */
export function isAbort(signal: AbortSignal): boolean {
  return signal.aborted && !(signal.reason instanceof FailureSignal);
}
