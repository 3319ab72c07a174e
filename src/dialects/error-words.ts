import type { FailureClass } from "../core/failure.ts";
import type { Told } from "./error-body.ts";

/** What the codes, types and status words of errors mean, over all the servers that speak this dialect. */
interface Meaning {
  readonly class: FailureClass;
  /** The status the same error has outside a stream. */
  readonly status: number;
  readonly words: readonly string[];
}

const MEANINGS: readonly Meaning[] = [
  {
    class: "quota",
    status: 429,
    words: [
      "insufficient_quota",
      "billing_hard_limit_reached",
      "billing_not_active",
      "billing_error",
      "insufficient_credits",
      "insufficient_balance",
      "credit_limit_reached",
      "credits_exhausted",
    ],
  },
  {
    class: "auth",
    status: 401,
    words: [
      "invalid_api_key",
      "api_key_invalid",
      "incorrect_api_key",
      "authentication_error",
      "authenticationerror",
      "unauthenticated",
      "unauthorized",
      "account_deactivated",
    ],
  },
  { class: "auth", status: 403, words: ["permission_error", "permission_denied", "permissiondeniederror"] },
  {
    class: "context",
    status: 400,
    words: [
      "context_length_exceeded",
      "exceed_context_size_error",
      "context_window_exceeded",
      "model_context_window_exceeded",
      "request_too_large",
    ],
  },
  {
    class: "refused",
    status: 400,
    words: [
      "content_policy_violation",
      "content_policy",
      "content_filter",
      "responsibleaipolicyviolation",
      "moderation_blocked",
      "data_inspection_failed",
    ],
  },
  {
    class: "model_missing",
    status: 404,
    words: [
      "model_not_found",
      "model_not_available",
      "model_decommissioned",
      "invalid_model",
      "unknown_model",
    ],
  },
  {
    class: "rate_limited",
    status: 429,
    words: [
      "rate_limit_exceeded",
      "rate_limit_error",
      "rate_limit_reached",
      "rate_limit",
      "too_many_requests",
      "ratelimiterror",
      "resource_exhausted",
    ],
  },
  {
    class: "overloaded",
    status: 503,
    words: ["overloaded_error", "overloaded", "unavailable_error", "unavailable"],
  },
  { class: "server", status: 504, words: ["timeout_error", "deadline_exceeded"] },
  {
    class: "server",
    status: 500,
    words: [
      "server_error",
      "api_error",
      "internal_server_error",
      "internal_error",
      "internal",
      "internalservererror",
    ],
  },
  {
    class: "invalid",
    status: 400,
    words: ["invalid_request_error", "invalid_request", "invalid_argument", "badrequesterror", "bad_request"],
  },
];

const OF_WORD: ReadonlyMap<string, Meaning> = new Map(
  MEANINGS.flatMap((meaning) => meaning.words.map((word) => [word, meaning] as const)),
);

function meaningOf(word: string): Meaning | undefined {
  return OF_WORD.get(word.toLowerCase());
}

/** The status that an error told in the middle of an answer would have had at its start. */
export function statusOfWords(words: readonly string[]): number | undefined {
  return words.map((word) => meaningOf(word)?.status).find((status) => status !== undefined);
}

/** Classes whose words are more precise than a shared status. The others say what the status says. */
const PRECISE: ReadonlySet<FailureClass> = new Set(["quota", "auth", "context", "refused", "model_missing"]);

/**
 * The class an error's code names, or else its text: many servers give no code. Undefined: the status has to do.
 */
export function refine(status: number | undefined, told: Told): FailureClass | undefined {
  const meant = told.words
    .map((word) => OF_WORD.get(word)?.class)
    .find((found) => found && PRECISE.has(found));
  // A wrong key is no reason for 429, nor a used-up limit for a wrong key: texts count only where they can be true.
  return meant ?? TEXTS.find(({ on, says }) => on.includes(status ?? 0) && says.test(told.message))?.class;
}

/** 0 stands for an error that came without a status. */
const TEXTS: readonly { class: FailureClass; on: readonly number[]; says: RegExp }[] = [
  {
    class: "quota",
    on: [0, 400, 403, 429],
    says: /insufficient[ _](quota|credits?|balance|funds)|credit balance|out of credits?|credits? (are|is|have been) (used up|exhausted|depleted)|spending limit|billing (hard )?limit|(?<!retry.*)exceeded your current quota(?!.*retry in)/i,
  },
  {
    class: "context",
    on: [0, 400, 403, 404],
    says: /maximum context length|context (length|window|size)( of \d+)?( is| was)? exceeded|exceeds? the (available |model'?s? )?(maximum )?context|(prompt|input|request) is too (long|large)|too many (input |prompt )?tokens|longer than the (model'?s )?context|context[_ ](length|window)[_ ]exceeded/i,
  },
  {
    class: "refused",
    on: [0, 400, 403],
    says: /content[ _-]?(management )?(policy|filter)|usage polic|flagged (by|as|for)|(was|been) flagged|safety system/i,
  },
  {
    class: "model_missing",
    on: [0, 400, 404],
    says: /^model:|\bmodels?\b.{0,120}?\b(not found|does(n'?t| not) exist|not exist|is not available|not loaded)|\b(no such|unknown|unsupported|invalid) model\b(?! (parameter|option|setting|input|output))|not a valid model|\btry pulling it\b/i,
  },
  {
    class: "auth",
    on: [0, 400],
    says: /api[ _-]?key (is )?(not valid|invalid|expired|missing)|(invalid|incorrect|missing) api[ _-]?key/i,
  },
];
