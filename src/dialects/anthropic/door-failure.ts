import type { RunError } from "../../core/outcome.ts";
import type { BadRequest, ErrorContext, WireAnswer } from "../dialect.ts";
import { retryHeaders, tellFailure } from "../run-failure.ts";

/** Writes a request that was sent back. */
export function encodeBad({ status, message, code, param }: BadRequest, requestId?: string): WireAnswer {
  return wire(status, { message, code, ...(param !== undefined && { param }) }, requestId);
}

/** Writes why a run ended without an answer. */
export function encodeFailure(error: RunError, context: ErrorContext, requestId: string): WireAnswer {
  const { status, blame, code, message } = tellFailure(error);
  const told = { message, code, ...(blame === "nobody" && { context }) };
  return wire(status, told, requestId, retryHeaders(error));
}

/** What stands last in a stream that broke off: nothing follows, and no `message_stop`. */
export function encodeStreamFailure(message: string, code = "stream_truncated"): string {
  const error = { type: code === "server_shutdown" ? "overloaded_error" : "api_error", message, code };
  return `event: error\ndata: ${JSON.stringify({ type: "error", error })}\n\n`;
}

function wire(
  status: number,
  told: object,
  requestId: string | undefined,
  headers: Readonly<Record<string, string>> = {},
): WireAnswer {
  return {
    status,
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify({
      type: "error",
      error: { type: typeOf(status), ...told },
      ...(requestId !== undefined && { request_id: requestId }),
    }),
  };
}

/** https://docs.anthropic.com/en/api/errors */
const TYPES: Readonly<Record<number, string>> = {
  401: "authentication_error",
  402: "billing_error",
  403: "permission_error",
  404: "not_found_error",
  413: "request_too_large",
  429: "rate_limit_error",
  503: "overloaded_error",
  504: "timeout_error",
  529: "overloaded_error",
};

function typeOf(status: number): string {
  return TYPES[status] ?? (status < 500 ? "invalid_request_error" : "api_error");
}
