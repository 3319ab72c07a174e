import type { Attempt } from "../core/outcome.ts";
import type { RequestRecord } from "../core/request-record.ts";
import type { Usage } from "../core/usage.ts";
import type { Database, Value } from "../database/open.ts";

/** Writes one request and its attempts; for use in a transaction. */
export function appendRecord(database: Database, record: RequestRecord): void {
  insert(database, "requests", requestColumns(record));
  const id = database.all("SELECT last_insert_rowid() AS id")[0]?.["id"];
  if (typeof id !== "number") throw new TypeError("SQLite gave no row id");
  record.outcome.attempts.forEach((attempt, number) => {
    insert(database, "attempts", { request: id, number, ...attemptColumns(attempt) });
  });
}

function requestColumns({ at, door, target, outcome }: RequestRecord): Readonly<Record<string, Value>> {
  const { error } = outcome;
  return {
    request_id: outcome.requestId,
    at: Math.round(at),
    door,
    profile: outcome.profile ?? null,
    model: outcome.profile === undefined ? target.name : null,
    primary_model: outcome.primaryModel ?? null,
    primary_member: outcome.primaryMember ?? null,
    answering_member: outcome.answeringMember ?? null,
    route_reason: outcome.routeReason ?? null,
    backend: outcome.backend ?? null,
    backend_type: outcome.backendType ?? null,
    actual_model: outcome.actualModel ?? null,
    fallback_used: Number(outcome.fallbackUsed),
    degraded: Number(outcome.degraded),
    finish_reason: outcome.finishReason ?? null,
    duration_ms: Math.round(outcome.durationMs),
    ...usageColumns(outcome.usage),
    cost_usd: outcome.costUsd ?? null,
    chain_log: JSON.stringify(outcome.chainLog),
    error_name: error?.name ?? null,
    error_code: error?.code ?? null,
    error_message: error?.message ?? null,
    retryable: error === undefined ? null : Number(error.retryable),
    retry_after_ms: wholeMs(error?.retryAfterMs),
  };
}

function attemptColumns(attempt: Attempt): Readonly<Record<string, Value>> {
  return {
    member: attempt.member,
    backend: attempt.backend,
    model: attempt.model,
    outcome: attempt.outcome,
    status: attempt.status ?? null,
    message: attempt.message ?? null,
    code: attempt.code ?? null,
    wait_ms: Math.round(attempt.waitMs),
    first_content_ms: wholeMs(attempt.firstContentMs),
    duration_ms: Math.round(attempt.durationMs),
    ...usageColumns(attempt.usage),
    cost_usd: attempt.costUsd ?? null,
    skip_reason: attempt.skipReason ?? null,
    chain: attempt.chain,
  };
}

function usageColumns(usage: Usage | undefined): Readonly<Record<string, Value>> {
  return {
    input: usage?.input ?? null,
    cache_read: usage?.cacheRead ?? null,
    cache_write: usage?.cacheWrite ?? null,
    output: usage?.output ?? null,
    reasoning: usage?.reasoning ?? null,
    estimated: usage === undefined ? null : Number(usage.estimated),
  };
}

function wholeMs(ms: number | undefined): number | null {
  return ms === undefined ? null : Math.round(ms);
}

function insert(database: Database, table: string, columns: Readonly<Record<string, Value>>): void {
  const names = Object.keys(columns);
  const places = names.map(() => "?");
  database.run(
    `INSERT INTO ${table} (${names.join(", ")}) VALUES (${places.join(", ")})`,
    ...Object.values(columns),
  );
}
