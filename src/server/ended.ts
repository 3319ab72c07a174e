import type { Outcome } from "../core/outcome.ts";

/** One request that is over. */
export interface EndedRequest {
  readonly requestId: string;
  readonly method: string;
  readonly path: string;
  /** What the client was told; 499 when it went away before its answer was complete. */
  readonly status: number;
  readonly durationMs: number;
  /** Whether the client was still there at the end. */
  readonly whole: boolean;
  readonly outcome: Outcome | undefined;
  /** Our code for why nothing was asked of anybody. */
  readonly refused?: string | undefined;
  /** A bug of ours. */
  readonly bug?: unknown;
}

const PROBES: ReadonlySet<string> = new Set(["/health", "/ready", "/metrics", "/v1/stats", "/"]);

/** Whether somebody only looked how the server does. One that was turned away is worth a word. */
export function isProbe({ method, path, status }: EndedRequest): boolean {
  const looked = method === "GET" || method === "HEAD";
  return looked && PROBES.has(path.split("?", 1)[0] ?? "") && (status < 400 || status === 503);
}
