import type { RunError } from "../../core/outcome.ts";
import type { BadRequest, ErrorContext, WireAnswer } from "../dialect.ts";
import { type RunFailure, retryHeaders, tellFailure } from "../run-failure.ts";

/** Writes a request that was sent back. */
export function encodeBad({ status, message, code, param }: BadRequest): WireAnswer {
  const blame = status < 500 ? "request" : status === 503 ? "nobody" : "nexus";
  return wire(status, { message, type: TYPES[blame], param: param ?? null, code });
}

/** Writes why a run ended without an answer. */
export function encodeFailure(error: RunError, context: ErrorContext): WireAnswer {
  const { status, blame, code, message } = tellFailure(error);
  const body = { message, type: TYPES[blame], param: null, code, ...(blame === "nobody" && { context }) };
  return wire(status, body, retryHeaders(error));
}

function wire(status: number, error: object, headers: Readonly<Record<string, string>> = {}): WireAnswer {
  return {
    status,
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify({ error }),
  };
}

const TYPES: Readonly<Record<RunFailure["blame"], string>> = {
  request: "invalid_request_error",
  limit: "rate_limit_error",
  backend: "upstream_error",
  nobody: "service_unavailable",
  nexus: "server_error",
};
