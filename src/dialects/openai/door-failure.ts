import type { FailureClass } from "../../core/failure.ts";
import type { Attempt, RunError } from "../../core/outcome.ts";
import type { BadRequest, ErrorContext, WireAnswer } from "../dialect.ts";

/** Writes a request that was sent back. */
export function encodeBad({ status, message, code, param }: BadRequest): WireAnswer {
  const type = status < 500 ? "invalid_request_error" : status === 503 ? UNAVAILABLE : "server_error";
  return wire(status, { message, type, param: param ?? null, code });
}

/** Writes why a run ended without an answer. */
export function encodeFailure(error: RunError, context: ErrorContext): WireAnswer {
  const { status, type, code, message = error.message } = kindOf(error);
  const { failures, retryAfterMs } = error;
  const body = { message, type, param: null, code, ...(type === UNAVAILABLE && { context }) };
  const wait = retryAfterMs === undefined ? undefined : Math.max(1, Math.ceil(retryAfterMs / 1000));
  return wire(status, body, {
    // The SDKs would ask twice again, and nexus has asked everybody.
    ...(failures.some(({ skipped }) => !skipped) && { "x-should-retry": "false" }),
    ...(wait !== undefined && { "retry-after": String(wait) }),
  });
}

function wire(status: number, error: object, headers: Readonly<Record<string, string>> = {}): WireAnswer {
  return {
    status,
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify({ error }),
  };
}

interface Kind {
  readonly status: number;
  readonly type: string;
  readonly code: string;
  /** The backend's own words, where they are for the client. */
  readonly message?: string;
}

const UNAVAILABLE = "service_unavailable";

function unavailable(code: string): Kind {
  return { status: 503, type: UNAVAILABLE, code };
}

function callersMistake(status: number, code: string): Kind {
  return { status, type: "invalid_request_error", code };
}

function upstream(status: number, code: string): Kind {
  return { status, type: "upstream_error", code };
}

const RATE_LIMITED: Kind = { status: 429, type: "rate_limit_error", code: "rate_limit_exceeded" };
const INTERNAL: Kind = { status: 500, type: "server_error", code: "internal_error" };

/** Codes of runs in which everybody failed alike. All others are 503 under their own code. */
const OF_CODE: ReadonlyMap<string, Kind> = new Map([
  ["rate_limited", RATE_LIMITED],
  // Never a 401, which would blame the client's own key.
  ["upstream_auth", upstream(502, "upstream_auth")],
  ["timeout", upstream(504, "upstream_timeout")],
  ["malformed", upstream(502, "upstream_malformed")],
  ["model_not_found", callersMistake(404, "model_not_found")],
  ["context_length_exceeded", callersMistake(400, "context_length_exceeded")],
  ["unsupported_feature", callersMistake(422, "unsupported_feature")],
  ["empty_chain", unavailable("no_capable_backend")],
]);

function kindOf(error: RunError): Kind {
  switch (error.name) {
    case "RequestRejected":
      return rejected(error.failures.findLast(({ outcome }) => outcome === error.code));
    case "StreamInterrupted":
      return upstream(502, "stream_truncated");
    case "Aborted":
      return callersMistake(499, "aborted");
    case "InternalError":
      return INTERNAL;
    default:
      return OF_CODE.get(error.code) ?? unavailable(error.code);
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
  invalid: callersMistake(400, "invalid_request"),
  refused: callersMistake(400, "content_policy_violation"),
  context: callersMistake(400, "context_length_exceeded"),
  model_missing: callersMistake(404, "model_not_found"),
  auth: upstream(502, "upstream_auth"),
  rate_limited: RATE_LIMITED,
  quota: { ...RATE_LIMITED, code: "insufficient_quota" },
  timeout: upstream(504, "upstream_timeout"),
  network: upstream(502, "upstream_network"),
  malformed: upstream(502, "upstream_malformed"),
  server: upstream(502, "upstream_error"),
  overloaded: upstream(503, "upstream_overloaded"),
  config: unavailable("no_capable_backend"),
  aborted: callersMistake(499, "aborted"),
};
