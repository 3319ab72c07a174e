import type { Attempt } from "../core/outcome.ts";
import type { RequestRecord } from "../core/request-record.ts";
import type { Usage } from "../core/usage.ts";
import type { Database } from "../database/open.ts";
import { countOf } from "../database/row.ts";
import { groupAlike } from "./alike.ts";
import { rowsInto } from "./insert-rows.ts";
import { ADD_TO_TALLIES } from "./schema.ts";
import { plus, SLOT_MS, tallyOf } from "./tally.ts";

/** Writes requests and their attempts, in this order, and adds them to the tallies; for use in a transaction. */
export function appendRecords(database: Database, records: readonly RequestRecord[]): void {
  const [row = {}] = database.all("SELECT max(id) AS id FROM requests");
  const last = countOf(row, "id");
  const requests = records.map((record, index) => ({ id: last + 1 + index, record }));
  const attempts = requests.flatMap(({ id, record }) =>
    record.outcome.attempts.map((attempt, number) => ({ request: id, record, number, attempt })),
  );
  insertRequests(database, requests);
  insertAttempts(database, attempts);
  addToTallies(database, attempts);
}

interface NewRequest {
  readonly id: number;
  readonly record: RequestRecord;
}

const insertRequests = rowsInto<NewRequest>("requests", {
  own: {
    id: ({ id }) => id,
    request_id: ({ record }) => record.outcome.requestId,
    at: ({ record }) => Math.round(record.at),
    duration_ms: ({ record }) => Math.round(record.outcome.durationMs),
    ...usageColumns(({ record }: NewRequest) => record.outcome.usage),
    cost_usd: ({ record }) => record.outcome.costUsd ?? null,
  },
  shared: {
    door: ({ record }) => record.door,
    profile: ({ record }) => record.outcome.profile ?? null,
    model: ({ record }) => (record.outcome.profile === undefined ? record.target.name : null),
    primary_model: ({ record }) => record.outcome.primaryModel ?? null,
    primary_member: ({ record }) => record.outcome.primaryMember ?? null,
    answering_member: ({ record }) => record.outcome.answeringMember ?? null,
    route_reason: ({ record }) => record.outcome.routeReason ?? null,
    backend: ({ record }) => record.outcome.backend ?? null,
    backend_type: ({ record }) => record.outcome.backendType ?? null,
    actual_model: ({ record }) => record.outcome.actualModel ?? null,
    fallback_used: ({ record }) => Number(record.outcome.fallbackUsed),
    degraded: ({ record }) => Number(record.outcome.degraded),
    finish_reason: ({ record }) => record.outcome.finishReason ?? null,
    estimated: ({ record }) => flag(record.outcome.usage?.estimated),
    chain_log: ({ record }) => JSON.stringify(record.outcome.chainLog),
    error_name: ({ record }) => record.outcome.error?.name ?? null,
    error_code: ({ record }) => record.outcome.error?.code ?? null,
    error_message: ({ record }) => record.outcome.error?.message ?? null,
    retryable: ({ record }) => flag(record.outcome.error?.retryable),
    retry_after_ms: ({ record }) => wholeMs(record.outcome.error?.retryAfterMs),
  },
});

interface NewAttempt {
  readonly request: number;
  readonly record: RequestRecord;
  readonly number: number;
  readonly attempt: Attempt;
}

const insertAttempts = rowsInto<NewAttempt>("attempts", {
  own: {
    request: ({ request }) => request,
    first_content_ms: ({ attempt }) => wholeMs(attempt.firstContentMs),
    duration_ms: ({ attempt }) => Math.round(attempt.durationMs),
    ...usageColumns(({ attempt }: NewAttempt) => attempt.usage),
    cost_usd: ({ attempt }) => attempt.costUsd ?? null,
  },
  shared: {
    number: ({ number }) => number,
    member: ({ attempt }) => attempt.member,
    backend: ({ attempt }) => attempt.backend,
    model: ({ attempt }) => attempt.model,
    outcome: ({ attempt }) => attempt.outcome,
    status: ({ attempt }) => attempt.status ?? null,
    message: ({ attempt }) => attempt.message ?? null,
    code: ({ attempt }) => attempt.code ?? null,
    wait_ms: ({ attempt }) => Math.round(attempt.waitMs),
    estimated: ({ attempt }) => flag(attempt.usage?.estimated),
    skip_reason: ({ attempt }) => attempt.skipReason ?? null,
    chain: ({ attempt }) => attempt.chain,
  },
});

/** How many tokens; whether they were estimated is much the same for all. */
function usageColumns<T>(usageOf: (item: T) => Usage | undefined) {
  return {
    input: (item: T) => usageOf(item)?.input ?? null,
    cache_read: (item: T) => usageOf(item)?.cacheRead ?? null,
    cache_write: (item: T) => usageOf(item)?.cacheWrite ?? null,
    output: (item: T) => usageOf(item)?.output ?? null,
    reasoning: (item: T) => usageOf(item)?.reasoning ?? null,
  };
}

/** Whether two attempts are counted in one place. */
function isWith(one: NewAttempt, other: NewAttempt): boolean {
  return (
    one.attempt.member === other.attempt.member &&
    one.attempt.backend === other.attempt.backend &&
    one.attempt.model === other.attempt.model &&
    one.record.outcome.profile === other.record.outcome.profile &&
    slotOf(one.record) === slotOf(other.record)
  );
}

function slotOf({ at }: RequestRecord): number {
  return Math.floor(Math.round(at) / SLOT_MS);
}

/** A statement for all attempts of one place together; read from the rows, each sum would cost as much as a row. */
function addToTallies(database: Database, attempts: readonly NewAttempt[]): void {
  for (const { key: place, items } of groupAlike(attempts, isWith, (attempt) => attempt)) {
    const tally = items.map(({ attempt, request }) => tallyOf(attempt, request)).reduce(plus);
    database.run(
      ADD_TO_TALLIES,
      slotOf(place.record),
      place.record.outcome.profile ?? "",
      place.attempt.member,
      place.attempt.backend,
      place.attempt.model,
      tally.answered,
      tally.attempts,
      tally.failures,
      tally.aborted,
      tally.skips,
      tally.metered,
      tally.inputTokens,
      tally.outputTokens,
      tally.estimated,
      tally.priced,
      tally.costUsd,
      tally.firstContents,
      tally.firstContentMs,
      tally.durationMs,
      tally.lastRequest,
    );
  }
}

function flag(value: boolean | undefined): number | null {
  return value === undefined ? null : Number(value);
}

function wholeMs(ms: number | undefined): number | null {
  return ms === undefined ? null : Math.round(ms);
}
