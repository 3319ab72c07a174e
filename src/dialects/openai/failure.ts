import { parseDuration } from "../../core/duration.ts";
import { type Failure, type FailureClass, heedsWait } from "../../core/failure.ts";
import { isObject } from "../../core/json.ts";
import type { WireFailure } from "../dialect.ts";
import { readError, readErrorText, type Told } from "../error-body.ts";
import { refine, statusOfWords } from "../error-words.ts";
import { classOfStatus } from "../status-class.ts";

/** Classifies an answer with an error status. */
export function decodeFailure(response: WireFailure): Failure {
  const told = readErrorText(response.body);
  const retryAfterMs = told.retryAfterMs ?? resetOf(response);
  return describe(response.status, told, retryAfterMs);
}

/** An error where an answer should be: `{"error": …}`, and `{"object": "error", …}` of older vLLM. */
export function errorIn(body: unknown): unknown {
  if (!isObject(body)) return undefined;
  const error = body["error"];
  if (body["object"] === "error") return body;
  return isObject(error) || (typeof error === "string" && error !== "") ? body : undefined;
}

/** Classifies an error that stands inside a 200 answer or stream like the status it maps to, if it maps to one. */
export function decodeInBand(error: unknown): Failure {
  const told = readError(error);
  return describe(told.status ?? statusOfWords(told.words), told, told.retryAfterMs);
}

function describe(status: number | undefined, told: Told, retryAfterMs: number | undefined): Failure {
  const kind = classify(status, told);
  const code = told.words[0];
  return {
    class: kind,
    message: told.message || code || phraseOf(status),
    ...(status !== undefined && { status }),
    ...(code !== undefined && { code }),
    ...(retryAfterMs !== undefined && heedsWait(kind) && { retryAfterMs }),
  };
}

/** Statuses that many causes share: what the body says is believed over them. */
const AMBIGUOUS: ReadonlySet<number | undefined> = new Set([undefined, 400, 403, 404, 429]);

function classify(status: number | undefined, told: Told): FailureClass {
  const refined = AMBIGUOUS.has(status) ? refine(status, told) : undefined;
  return refined ?? (EXPIRED.has(status) ? "auth" : classOfStatus(status));
}

/** An expired session or token, as gateways tell it. */
const EXPIRED: ReadonlySet<number | undefined> = new Set([440, 498]);

/**
 * OpenAI's and Groq's way to say when a limit is free again, for a 429 without Retry-After: durations such as `6m0s`, for
 * requests and tokens apart. https://platform.openai.com/docs/guides/rate-limits
 */
function resetOf({ status, headers }: WireFailure): number | undefined {
  if (status !== 429) return undefined;
  const waits = ["requests", "tokens"].flatMap((limit) => {
    const remaining = headers[`x-ratelimit-remaining-${limit}`];
    const reset = headers[`x-ratelimit-reset-${limit}`];
    if (typeof reset !== "string" || (typeof remaining === "string" && Number(remaining) > 0)) return [];
    const wait = parseDuration(reset);
    return wait !== undefined && wait > 0 && wait < LONGEST_RESET ? [Math.ceil(wait)] : [];
  });
  return waits.length === 0 ? undefined : Math.max(...waits);
}

/** A week. More is a point in time in a field for durations. */
const LONGEST_RESET = 604_800_000;

function phraseOf(status: number | undefined): string {
  if (status === undefined) return "an error without a message";
  return PHRASES[status] ?? (status >= 500 ? "server error" : "client error");
}

const PHRASES: Readonly<Record<number, string>> = {
  400: "Bad Request",
  401: "Unauthorized",
  402: "Payment Required",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  408: "Request Timeout",
  409: "Conflict",
  413: "Payload Too Large",
  415: "Unsupported Media Type",
  422: "Unprocessable Entity",
  425: "Too Early",
  429: "Too Many Requests",
  500: "Internal Server Error",
  501: "Not Implemented",
  502: "Bad Gateway",
  503: "Service Unavailable",
  504: "Gateway Timeout",
  529: "Overloaded",
};
