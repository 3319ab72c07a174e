import { parseDuration } from "../../core/duration.ts";
import { type Failure, type FailureClass, heedsWait } from "../../core/failure.ts";
import { isObject, parseJson } from "../../core/json.ts";
import { oneLine } from "../../core/text.ts";
import type { WireFailure } from "../dialect.ts";
import { classOfStatus } from "../status-class.ts";

/** What an error of Google's says: https://cloud.google.com/apis/design/errors */
interface Told {
  readonly message: string;
  readonly code?: number;
  /** `INVALID_ARGUMENT`, `RESOURCE_EXHAUSTED`, … */
  readonly status?: string;
  readonly details: readonly Fields[];
}

type Fields = Readonly<Record<string, unknown>>;

/** Longest message kept: all of it, so that a secret in it can be taken out whole before it is cut. */
const MAX_MESSAGE = 65_536;

/** Classifies an answer with an error status. */
export function decodeFailure({ status, body }: WireFailure): Failure {
  const parsed = parseJson(body);
  return describe(status, isObject(parsed) || Array.isArray(parsed) ? read(parsed) : plain(body));
}

/** Classifies an error that stands inside a 200 answer or stream like the status it names. */
export function decodeInBand(body: unknown): Failure {
  const told = read(body);
  return describe(told.code ?? STATUS_OF.get(told.status ?? "") ?? 500, told);
}

/** `{"error": {…}}`, or the same in a list, as a stream without `alt=sse` begins. */
function read(body: unknown): Told {
  const one: unknown = Array.isArray(body) ? body[0] : body;
  const error = isObject(one) ? one["error"] : undefined;
  if (typeof error === "string") return plain(error);
  if (!isObject(error)) return plain("");
  const { message, code, status, details } = error;
  return {
    ...plain(typeof message === "string" ? message : ""),
    ...(typeof code === "number" && Number.isInteger(code) && code >= 400 && code < 600 && { code }),
    ...(typeof status === "string" && status !== "" && { status }),
    details: Array.isArray(details) ? details.filter(isObject) : [],
  };
}

function plain(text: string): Told {
  return { message: oneLine(text, MAX_MESSAGE), details: [] };
}

function describe(status: number, told: Told): Failure {
  const kind = classify(status, told);
  const code = reasonOf(told) ?? told.status;
  const wait = heedsWait(kind) ? waitOf(told) : undefined;
  return {
    class: kind,
    message: told.message || code || `status ${status}`,
    status,
    ...(code !== undefined && { code }),
    ...(wait !== undefined && { retryAfterMs: wait }),
  };
}

function classify(status: number, told: Told): FailureClass {
  const { message } = told;
  if (status === 400) {
    if (reasonOf(told)?.startsWith("API_KEY_") || /api[ _]?key (not valid|expired|not found)/i.test(message))
      return "auth";
    // Where Google serves nobody, or not without pay, a key is as good as none: https://ai.google.dev/gemini-api/docs/available-regions
    if (told.status === "FAILED_PRECONDITION" && /location|country|region|billing/i.test(message))
      return "auth";
    return TOO_LONG.test(message) ? "context" : "invalid";
  }
  if (status === 404) return /\bmodels?\b/i.test(message) ? "model_missing" : "invalid";
  if (status === 429) return isSpent(told) ? "quota" : "rate_limited";
  return classOfStatus(status);
}

const TOO_LONG =
  /token count.{0,80}exceeds|exceeds the maximum number of (input )?tokens|payload size exceeds|input (is|context is) too long|context length/i;

const STATUS_OF: ReadonlyMap<string, number> = new Map([
  ["INVALID_ARGUMENT", 400],
  ["FAILED_PRECONDITION", 400],
  ["UNAUTHENTICATED", 401],
  ["PERMISSION_DENIED", 403],
  ["NOT_FOUND", 404],
  ["RESOURCE_EXHAUSTED", 429],
  ["INTERNAL", 500],
  ["UNAVAILABLE", 503],
  ["DEADLINE_EXCEEDED", 504],
]);

function reasonOf({ details }: Told): string | undefined {
  return details.map(({ reason }) => reason).find((reason) => typeof reason === "string");
}

/** A quota of the day is used up, or there is none for this model, rather than one of the minute. */
function isSpent({ details, message }: Told): boolean {
  const quotas = details.flatMap(({ violations }) =>
    Array.isArray(violations) ? violations.filter(isObject) : [],
  );
  return quotas.some(({ quotaId }) => /PerDay/i.test(String(quotaId))) || /\blimit: 0\b/.test(message);
}

/** RetryInfo, or the same in words only: `Please retry in 10h17m5.7s.` */
function waitOf({ details, message }: Told): number | undefined {
  const stated = details.map(({ retryDelay }) => retryDelay).find((delay) => typeof delay === "string");
  const text = stated ?? /retry in ((?:\d+(?:\.\d+)?(?:ms|s|m|h|d))+)/i.exec(message)?.[1];
  const wait = typeof text === "string" ? parseDuration(text) : undefined;
  return wait === undefined || wait <= 0 ? undefined : Math.ceil(wait);
}
