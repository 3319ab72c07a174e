import type { Exchange } from "../exchange.ts";

/** An error answer as providers send it. `{model}` in the message becomes the model that was asked for. */
export interface ErrorRow {
  readonly status: number;
  readonly type: string;
  readonly code?: string;
  readonly message: string;
  /** A wait that the body states, as Google does: `17s`. */
  readonly retryDelay?: string;
}

const INVALID = "invalid_request_error";

/** Bodies as OpenAI sends them; where it sends none such, as OpenRouter, llama.cpp or Anthropic do. */
export const ERROR_ROWS = {
  "400": { status: 400, type: INVALID, message: "Invalid value for 'messages[0].content'." },
  "400-context": {
    status: 400,
    type: INVALID,
    code: "context_length_exceeded",
    message:
      "This model's maximum context length is 8192 tokens. However, your messages resulted in 9001 tokens. Please reduce the length of the messages.",
  },
  "400-policy": {
    status: 400,
    type: INVALID,
    code: "content_policy_violation",
    message: "Your request was rejected as a result of our safety system.",
  },
  "400-quota": {
    status: 400,
    type: "insufficient_quota",
    code: "insufficient_quota",
    message: "Your credit balance is too low. Please go to Plans & Billing to purchase credits.",
  },
  "401": { status: 401, type: INVALID, code: "invalid_api_key", message: "Incorrect API key provided." },
  "402": {
    status: 402,
    type: "insufficient_credits",
    code: "402",
    message: "Insufficient credits. Add more to continue.",
  },
  "403": {
    status: 403,
    type: "request_forbidden",
    code: "unsupported_country_region_territory",
    message: "Country, region, or territory not supported.",
  },
  "403-permission": {
    status: 403,
    type: INVALID,
    code: "permission_denied",
    message: "You have insufficient permissions for this operation.",
  },
  "403-quota": {
    status: 403,
    type: "insufficient_quota",
    code: "credits_exhausted",
    message: "Your team has used all available credits or reached its monthly spending limit.",
  },
  "403-policy": {
    status: 403,
    type: INVALID,
    code: "content_policy_violation",
    message: "Your chosen model requires moderation and your input was flagged.",
  },
  "404": { status: 404, type: INVALID, message: "Invalid URL (POST /v1/chat/completions)." },
  "404-model": {
    status: 404,
    type: INVALID,
    code: "model_not_found",
    message: "The model `{model}` does not exist or you do not have access to it.",
  },
  "405": { status: 405, type: INVALID, message: "Method not allowed." },
  "408": { status: 408, type: "timeout", message: "The server gave up waiting for the request." },
  "409": { status: 409, type: "conflict", message: "The request conflicts with another one. Try again." },
  "413": { status: 413, type: INVALID, code: "request_too_large", message: "The request is too large." },
  "415": { status: 415, type: INVALID, message: "Unsupported content type." },
  "422": { status: 422, type: INVALID, message: "temperature: must be at most 2." },
  "425": { status: 425, type: "too_early", message: "The model is still warming up." },
  "429": {
    status: 429,
    type: "requests",
    code: "rate_limit_exceeded",
    message: "Rate limit reached for {model} on requests per min (RPM): Limit 3, Used 3, Requested 1.",
  },
  "429-quota": {
    status: 429,
    type: "insufficient_quota",
    code: "insufficient_quota",
    message: "You exceeded your current quota, please check your plan and billing details.",
  },
  "440": { status: 440, type: "login_timeout", message: "The session has expired." },
  "498": { status: 498, type: "invalid_token", message: "The token has expired." },
  "499": { status: 499, type: "client_closed_request", message: "The client closed the request." },
  "500": {
    status: 500,
    type: "server_error",
    message: "The server had an error while processing your request.",
  },
  "501": { status: 501, type: "server_error", message: "Not implemented." },
  "502": { status: 502, type: "server_error", message: "Bad gateway." },
  "503": {
    status: 503,
    type: "server_error",
    message: "The server is currently overloaded with other requests.",
  },
  "503-loading": { status: 503, type: "unavailable_error", code: "503", message: "Loading model" },
  "504": { status: 504, type: "server_error", message: "Gateway timeout." },
  "505": { status: 505, type: "server_error", message: "HTTP version not supported." },
  "520": { status: 520, type: "server_error", message: "Web server returned an unknown error." },
  "522": { status: 522, type: "server_error", message: "Connection timed out." },
  "524": { status: 524, type: "server_error", message: "A timeout occurred." },
  "529": { status: 529, type: "overloaded_error", message: "Overloaded" },
} as const satisfies Readonly<Record<string, ErrorRow>>;

/** The body of an error answer in the dialect of the request. */
export function errorBody({ dialect, call }: Exchange, row: ErrorRow): string {
  return dialect.error(filledIn(row, call.model));
}

/** The same as a message inside a stream. */
export function errorFrame({ dialect, answer, call }: Exchange, row: ErrorRow): string {
  return dialect.frames(answer, call).error(filledIn(row, call.model));
}

/** The row of that name; undefined: there is none. */
export function errorRow(name: string): ErrorRow | undefined {
  return new Map<string, ErrorRow>(Object.entries(ERROR_ROWS)).get(name);
}

function filledIn({ code, message, ...row }: ErrorRow, model: string) {
  return { ...row, code: code ?? null, message: message.replaceAll("{model}", model) };
}
