import { type Failure, type FailureClass, heedsWait } from "../../core/failure.ts";
import { isObject, parseJson } from "../../core/json.ts";
import { oneLine } from "../../core/text.ts";
import type { WireFailure } from "../dialect.ts";
import { classOfStatus } from "../status-class.ts";
import { resetMs } from "./rate-limit.ts";

/** Longest message kept: all of it, so that a secret in it can be taken out whole before it is cut. */
const MAX_MESSAGE = 65_536;

/** Types of errors: https://docs.anthropic.com/en/api/errors */
const TYPES: ReadonlyMap<string, { readonly status: number; readonly class: FailureClass }> = new Map([
  ["invalid_request_error", { status: 400, class: "invalid" }],
  ["authentication_error", { status: 401, class: "auth" }],
  ["billing_error", { status: 402, class: "quota" }],
  ["permission_error", { status: 403, class: "auth" }],
  ["not_found_error", { status: 404, class: "invalid" }],
  ["request_too_large", { status: 413, class: "context" }],
  ["rate_limit_error", { status: 429, class: "rate_limited" }],
  ["api_error", { status: 500, class: "server" }],
  ["timeout_error", { status: 504, class: "server" }],
  ["overloaded_error", { status: 529, class: "overloaded" }],
]);

/** Classifies an answer with an error status. */
export function decodeFailure(response: WireFailure): Failure {
  const failure = readFailure(response);
  const retryAfterMs = heedsWait(failure.class) ? resetMs(response) : undefined;
  return retryAfterMs === undefined ? failure : { ...failure, retryAfterMs };
}

function readFailure({ status, body }: WireFailure): Failure {
  const text = body.replace(/^\uFEFF/, "").trim();
  const parsed = parseJson(text);
  if (parsed !== undefined && typeof parsed !== "string") return describe(status, parsed);
  const shown = text.startsWith("<") ? (/<title[^>]*>([^<]*)/i.exec(text)?.[1] ?? "") : text;
  return describe(status, { message: shown });
}

/** Classifies an error that stands inside a 200 answer or stream like the status of its type. */
export function decodeInBand(error: unknown): Failure {
  return describe(undefined, error);
}

function describe(stated: number | undefined, body: unknown): Failure {
  const outer = isObject(body) ? body : {};
  const error = isObject(outer["error"]) ? outer["error"] : outer;
  const bare = typeof outer["error"] === "string" ? outer["error"] : "";
  const type = typeof error["type"] === "string" && error["type"] !== "error" ? error["type"] : undefined;
  const said = typeof error["message"] === "string" ? error["message"] : bare;
  const status = stated ?? (type === undefined ? undefined : TYPES.get(type)?.status);
  const code = type ?? (typeof error["code"] === "string" ? error["code"] : undefined);
  return {
    class: classify(status, type, said),
    message: oneLine(said, MAX_MESSAGE) || code || `status ${status ?? "unknown"}`,
    ...(status !== undefined && { status }),
    ...(code !== undefined && { code }),
  };
}

/** Statuses that many causes share: what the error says is believed over them. */
const SHARED: ReadonlySet<number | undefined> = new Set([undefined, 400, 403, 404, 429]);

function classify(status: number | undefined, type: string | undefined, message: string): FailureClass {
  if (SHARED.has(status)) {
    const told = TEXTS.find(({ on, says }) => on.includes(status ?? 0) && says.test(message))?.class;
    if (told !== undefined) return told;
    const meant = type === undefined ? undefined : TYPES.get(type)?.class;
    if (meant === "quota" || meant === "auth" || meant === "context") return meant;
  }
  return classOfStatus(status);
}

/** Several causes come as `invalid_request_error` and are told apart by their text alone. 0: an error without a status. */
const TEXTS: readonly { class: FailureClass; on: readonly number[]; says: RegExp }[] = [
  {
    class: "quota",
    on: [0, 400, 403, 429],
    says: /credit balance|specified API usage limits|insufficient (credits?|quota|funds)|exceeded your current quota|spend(ing)? limit|used all available credits/i,
  },
  {
    class: "context",
    on: [0, 400, 403],
    says: /(prompt|input|request) is too (long|large)|exceeds? (the )?(maximum )?context|context (length|window)|input length and `max_tokens` exceed/i,
  },
  {
    class: "refused",
    on: [0, 400, 403],
    says: /content (filter|policy)|usage polic|safety system|(was|been) flagged/i,
  },
  {
    class: "model_missing",
    on: [0, 400, 404],
    says: /^model:|\bmodels?\b.{0,120}?\b(not found|does(n'?t| not) exist|is not available)|\b(unknown|invalid) model\b/i,
  },
  {
    class: "auth",
    on: [0, 400],
    says: /(invalid|incorrect|missing) (x-)?api[ _-]?key|organization has been disabled/i,
  },
];
