import type { PastAttempt, PastError, PastOutcome, PastRequest } from "../core/request-record.ts";
import type { Usage } from "../core/usage.ts";
import type { Database, Row } from "../database/open.ts";
import { countOf, numberOf, textOf } from "../database/row.ts";

/** What was found under (the beginning of) a request id. */
export type Found =
  | { readonly kind: "one"; readonly request: PastRequest }
  | { readonly kind: "none" }
  /** Several requests begin so; some of their ids, the latest first. */
  | { readonly kind: "several"; readonly ids: readonly string[] };

/** Most ids that are told when several requests fit. */
const MAX_TOLD = 5;

/** The request that was written last; undefined when there is none yet. */
export function lastRequest(database: Database): PastRequest | undefined {
  const [row] = database.all("SELECT * FROM requests ORDER BY id DESC LIMIT 1");
  return row === undefined ? undefined : readRequest(row, database);
}

/** The request whose id begins with `prefix`; of one id that was given twice, the later request. */
export function findRequest(database: Database, prefix: string): Found {
  const matches = database.all(
    `SELECT request_id, max(id) AS id FROM requests WHERE request_id >= ? AND request_id < ?
     GROUP BY request_id ORDER BY id DESC LIMIT ?`,
    prefix,
    `${prefix}\u{10ffff}`,
    MAX_TOLD,
  );
  const [match] = matches;
  if (match === undefined) return { kind: "none" };
  const exact = matches.find((row) => textOf(row, "request_id") === prefix);
  if (matches.length > 1 && exact === undefined) {
    return { kind: "several", ids: matches.map((row) => textOf(row, "request_id") ?? "") };
  }
  const [row] = database.all("SELECT * FROM requests WHERE id = ?", countOf(exact ?? match, "id"));
  return row === undefined ? { kind: "none" } : { kind: "one", request: readRequest(row, database) };
}

function readRequest(row: Row, database: Database): PastRequest {
  const rows = database.all("SELECT * FROM attempts WHERE request = ? ORDER BY number", countOf(row, "id"));
  const profile = textOf(row, "profile");
  return {
    at: countOf(row, "at"),
    door: textOf(row, "door") ?? "",
    target:
      profile === undefined
        ? { kind: "model", name: textOf(row, "model") ?? "" }
        : { kind: "profile", name: profile },
    outcome: readOutcome(row, rows.map(readAttempt)),
  };
}

function readOutcome(row: Row, attempts: readonly PastAttempt[]): PastOutcome {
  return {
    requestId: textOf(row, "request_id") ?? "",
    profile: textOf(row, "profile"),
    backend: textOf(row, "backend"),
    backendType: textOf(row, "backend_type"),
    actualModel: textOf(row, "actual_model"),
    primaryModel: textOf(row, "primary_model"),
    primaryMember: textOf(row, "primary_member"),
    answeringMember: textOf(row, "answering_member"),
    routeReason: textOf(row, "route_reason"),
    fallbackUsed: row["fallback_used"] === 1,
    degraded: row["degraded"] === 1,
    finishReason: textOf(row, "finish_reason"),
    chainLog: readChain(textOf(row, "chain_log") ?? "[]"),
    attempts,
    usage: readUsage(row),
    costUsd: numberOf(row, "cost_usd"),
    durationMs: countOf(row, "duration_ms"),
    error: readError(row, attempts),
  };
}

function readError(row: Row, attempts: readonly PastAttempt[]): PastError | undefined {
  const name = textOf(row, "error_name");
  if (name === undefined) return undefined;
  return {
    name,
    code: textOf(row, "error_code") ?? "",
    message: textOf(row, "error_message") ?? "",
    retryable: row["retryable"] === 1,
    retryAfterMs: numberOf(row, "retry_after_ms"),
    failures: attempts.filter(({ outcome }) => outcome !== "success"),
  };
}

function readAttempt(row: Row): PastAttempt {
  const outcome = textOf(row, "outcome") ?? "";
  return {
    member: textOf(row, "member") ?? "",
    backend: textOf(row, "backend") ?? "",
    model: textOf(row, "model") ?? "",
    outcome,
    status: numberOf(row, "status"),
    message: textOf(row, "message"),
    code: textOf(row, "code"),
    waitMs: countOf(row, "wait_ms"),
    firstContentMs: numberOf(row, "first_content_ms"),
    durationMs: countOf(row, "duration_ms"),
    usage: readUsage(row),
    costUsd: numberOf(row, "cost_usd"),
    skipped: outcome === "skipped",
    skipReason: textOf(row, "skip_reason"),
    chain: textOf(row, "chain") ?? "",
  };
}

function readUsage(row: Row): Usage | undefined {
  const input = numberOf(row, "input");
  if (input === undefined) return undefined;
  return {
    input,
    cacheRead: countOf(row, "cache_read"),
    cacheWrite: countOf(row, "cache_write"),
    output: countOf(row, "output"),
    reasoning: countOf(row, "reasoning"),
    estimated: row["estimated"] === 1,
  };
}

function readChain(text: string): readonly string[] {
  const chain: unknown = JSON.parse(text);
  return Array.isArray(chain) ? chain.map(String) : [];
}
