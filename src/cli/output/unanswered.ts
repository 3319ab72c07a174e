/** What ended a command before there was anything to ask. */
export interface EarlyError {
  readonly name: string;
  readonly code: string;
  readonly message: string;
  /** What to do about it; null where there is nothing to say. */
  readonly hint: string | null;
}

/** An error that no run stands behind, as the JSON of every command prints it. */
export function earlyErrorJson({ name, code, message, hint }: EarlyError): object {
  return { name, code, message, hint, retryable: false, retry_after_ms: null, failures: [] };
}

/** A chat that ended before there was a run: the keys of a run without the answer, so that scripts find each of them. */
function unansweredJson(error: EarlyError): object {
  return {
    final_model: null,
    backend: null,
    profile: null,
    fallback_used: false,
    route_reason: null,
    finish_reason: null,
    chain_log: [],
    attempts: [],
    usage: null,
    cost_usd: null,
    duration_ms: 0,
    request_id: null,
    error: earlyErrorJson(error),
  };
}

/** The same as the one text that `--json` or the last line that `--ndjson` prints. */
export function unansweredText(error: EarlyError, mode: "json" | "ndjson"): string {
  const body = unansweredJson(error);
  return mode === "json"
    ? `${JSON.stringify({ answer: null, ...body }, null, 2)}\n`
    : `${JSON.stringify({ type: "error", ...body })}\n`;
}
