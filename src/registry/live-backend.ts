import type { Backend, ModelInfo } from "../core/backend.ts";
import type { BackendLoad } from "../core/ports.ts";

/** Where a backend came from: the configuration, an announcement on the network, or a program that added it. */
export type Source = "static" | "mdns" | "manual";

/** What health checks find; that a backend is draining is somebody's decision and stands above it. */
export type Health = Exclude<BackendLoad["status"], "draining">;

/** A backend's configuration with what is known of it now. The object lives: its facts change while it is held. */
export interface LiveBackend extends BackendLoad {
  /** Never changes: another configuration is another live backend. */
  readonly backend: Backend;
  readonly source: Source;
  /** What the server said of itself, such as its version. */
  readonly metadata: Readonly<Record<string, string>>;
  /** What the last check found, also while it is draining. */
  readonly health: Health;
  /** Its configuration is gone: it serves nothing, and stays only until its last request is over. */
  readonly leaving: boolean;
  /** Milliseconds since 1970. */
  readonly checkedAt: number | undefined;
  readonly error: string | undefined;
  /** Undefined: not asked yet. */
  readonly models: readonly ModelInfo[] | undefined;
  /** Requests so far. */
  readonly requests: number;
}

/** The facts themselves, which only the registry writes. */
export interface Facts extends LiveBackend {
  /** Its place in the order of backends, lower first. */
  rank: number;
  health: Health;
  draining: boolean;
  leaving: boolean;
  checkedAt: number | undefined;
  error: string | undefined;
  models: readonly ModelInfo[] | undefined;
  pending: number;
  requests: number;
  latencyMs: number;
  /** Whether an answer was timed: 0 ms is a time as well. */
  timed: boolean;
}

/** A backend of which nothing is known but its configuration. */
export function newBackend(
  backend: Backend,
  source: Source,
  metadata: Readonly<Record<string, string>>,
): Facts {
  return {
    backend,
    source,
    metadata,
    get status() {
      return this.draining || this.leaving ? "draining" : this.health;
    },
    rank: 0,
    health: "unknown",
    draining: false,
    leaving: false,
    checkedAt: undefined,
    error: undefined,
    models: backend.models,
    pending: 0,
    requests: 0,
    latencyMs: 0,
    timed: false,
  };
}

/** Books one more request as over. False: there was none. */
export function endPending(facts: Facts): boolean {
  if (facts.pending === 0) return false;
  facts.pending--;
  return true;
}

/** Books how long an answer took. The average is a whole number that never leaves the range of its samples. */
export function addLatency(facts: Facts, ms: number): void {
  const sample = Math.max(0, Math.round(ms));
  facts.latencyMs = facts.timed ? Math.floor((sample + 4 * facts.latencyMs) / 5) : sample;
  facts.timed = true;
}
