import type { RunError } from "../../core/outcome.ts";
import type { BadRequest, ErrorContext, WireAnswer } from "../dialect.ts";
import { retryHeaders, tellFailure } from "../run-failure.ts";

/** Writes a request that was sent back. */
export function encodeBad({ status, message, code }: BadRequest): WireAnswer {
  return wire(errorBody({ status, message, code }));
}

/** Writes why a run ended without an answer: what a client can act on stands in `context`. */
export function encodeFailure(error: RunError, context: ErrorContext): WireAnswer {
  const { blame, ...told } = tellFailure(error);
  const { retryAfterMs } = error;
  const more = blame === "nobody" ? { context } : {};
  return wire(errorBody({ ...told, more, retryAfterMs }), retryHeaders(error));
}

interface GoogleError {
  readonly error: {
    readonly code: number;
    readonly message: string;
    readonly status: string;
    readonly details: readonly object[];
  };
}

/** An error as Google has it, with our code as its reason: https://cloud.google.com/apis/design/errors */
export function errorBody(told: {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly more?: object;
  readonly retryAfterMs?: number | undefined;
}): GoogleError {
  const { status: code, code: reason, message, more, retryAfterMs } = told;
  const retryDelay =
    retryAfterMs === undefined ? undefined : `${Math.max(1, Math.ceil(retryAfterMs / 1000))}s`;
  const details = [
    { "@type": "type.googleapis.com/google.rpc.ErrorInfo", reason, domain: "nexus" },
    ...(retryDelay === undefined
      ? []
      : [{ "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay }]),
  ];
  return { error: { code, message, status: statusText(code), details, ...more } };
}

function wire(body: GoogleError, headers: Readonly<Record<string, string>> = {}): WireAnswer {
  return {
    status: body.error.code,
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  };
}

/** https://github.com/googleapis/googleapis/blob/master/google/rpc/code.proto */
const STATUS: Readonly<Record<number, string>> = {
  401: "UNAUTHENTICATED",
  403: "PERMISSION_DENIED",
  404: "NOT_FOUND",
  408: "DEADLINE_EXCEEDED",
  429: "RESOURCE_EXHAUSTED",
  499: "CANCELLED",
  502: "UNAVAILABLE",
  503: "UNAVAILABLE",
  504: "DEADLINE_EXCEEDED",
};

function statusText(code: number): string {
  return STATUS[code] ?? (code >= 500 ? "INTERNAL" : "INVALID_ARGUMENT");
}
