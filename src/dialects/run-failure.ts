import type { FailureClass } from "../core/failure.ts";
import type { Attempt, RunError } from "../core/outcome.ts";

/** How a run without an answer is told, before a dialect puts it in its own words. */
export interface RunFailure {
  readonly status: number;
  /** What is at fault: the request, a limit, what a backend did, that nobody could be asked (503), or nexus itself. */
  readonly blame: "request" | "limit" | "backend" | "nobody" | "nexus";
  /** Stable, for scripts. */
  readonly code: string;
  /** For people; the backend's own words, where they are for the client. */
  readonly message: string;
}

/** Why a run ended without an answer, as a client is to be told. */
export function tellFailure(error: RunError): RunFailure {
  return { message: error.message, ...kindOf(error) };
}

/** Headers that go with it, whatever the dialect: when to come back, and whether the SDKs are to ask again by themselves. */
export function retryHeaders({ failures, retryAfterMs }: RunError): Record<string, string> {
  return {
    // They would ask twice again, and nexus has asked everybody.
    ...(failures.some(({ skipped }) => !skipped) && { "x-should-retry": "false" }),
    ...(retryAfterMs !== undefined && {
      "retry-after": String(Math.max(1, Math.ceil(retryAfterMs / 1000))),
    }),
  };
}

type Kind = Omit<RunFailure, "message"> & { readonly message?: string };

function nobody(code: string): Kind {
  return { status: 503, blame: "nobody", code };
}

function request(status: number, code: string): Kind {
  return { status, blame: "request", code };
}

function backend(status: number, code: string): Kind {
  return { status, blame: "backend", code };
}

const RATE_LIMITED: Kind = { status: 429, blame: "limit", code: "rate_limit_exceeded" };
const INTERNAL: Kind = { status: 500, blame: "nexus", code: "internal_error" };

/** Codes of runs in which everybody failed alike. All others are 503 under their own code. */
const OF_CODE: ReadonlyMap<string, Kind> = new Map([
  ["rate_limited", RATE_LIMITED],
  // Never a 401, which would blame the client's own key.
  ["upstream_auth", backend(502, "upstream_auth")],
  ["timeout", backend(504, "upstream_timeout")],
  ["malformed", backend(502, "upstream_malformed")],
  ["model_not_found", request(404, "model_not_found")],
  ["context_length_exceeded", request(400, "context_length_exceeded")],
  ["unsupported_feature", request(422, "unsupported_feature")],
  ["empty_chain", nobody("no_capable_backend")],
]);

function kindOf(error: RunError): Kind {
  switch (error.name) {
    case "RequestRejected":
      return rejected(error.failures.findLast(({ outcome }) => outcome === error.code));
    case "StreamInterrupted":
      return backend(502, "stream_truncated");
    case "Aborted":
      return request(499, "aborted");
    case "InternalError":
      return INTERNAL;
    default:
      return OF_CODE.get(error.code) ?? nobody(error.code);
  }
}

/** One attempt stopped the chain: what its backend said stays. */
function rejected(by: Attempt | undefined): Kind {
  if (by === undefined || by.outcome === "success" || by.outcome === "skipped") return INTERNAL;
  const kind = OF_CLASS[by.outcome];
  const { status, code = kind.code, message } = by;
  if (status === undefined || status < 400 || by.outcome === "auth") return kind;
  return { ...kind, status, code, ...(message !== undefined && { message }) };
}

/** How each class of failure is told when it stopped the chain and has no status of its own. */
const OF_CLASS: Readonly<Record<FailureClass, Kind>> = {
  invalid: request(400, "invalid_request"),
  refused: request(400, "content_policy_violation"),
  context: request(400, "context_length_exceeded"),
  model_missing: request(404, "model_not_found"),
  auth: backend(502, "upstream_auth"),
  rate_limited: RATE_LIMITED,
  quota: { ...RATE_LIMITED, code: "insufficient_quota" },
  timeout: backend(504, "upstream_timeout"),
  network: backend(502, "upstream_network"),
  malformed: backend(502, "upstream_malformed"),
  server: backend(502, "upstream_error"),
  overloaded: backend(503, "upstream_overloaded"),
  config: nobody("no_capable_backend"),
  aborted: request(499, "aborted"),
};
