import type { RunError } from "../../core/outcome.ts";
import type { BadRequest, ErrorContext, WireAnswer } from "../dialect.ts";
import { retryHeaders, tellFailure } from "../run-failure.ts";

/** Writes a request that was sent back. */
export function encodeBad({ status, message, code }: BadRequest): WireAnswer {
  return wire(status, { error: message, code });
}

/** Writes why a run ended without an answer: what a client can act on stands beside the text, which is all that Ollama has. */
export function encodeFailure(error: RunError, context: ErrorContext): WireAnswer {
  const { status, blame, code, message } = tellFailure(error);
  const body = { error: message, code, ...(blame === "nobody" && { context }) };
  return wire(status, body, retryHeaders(error));
}

function wire(status: number, body: object, headers: Readonly<Record<string, string>> = {}): WireAnswer {
  return {
    status,
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  };
}
