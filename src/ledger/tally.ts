import type { Attempt } from "../core/outcome.ts";
import { answerTokens, promptTokens } from "../core/usage.ts";
import type { Row } from "../database/open.ts";
import { countOf } from "../database/row.ts";

/** Milliseconds of a slot: what is told apart in time. */
export const SLOT_MS = 900_000;

/** Sums over attempts. Tokens, costs and times are those of the attempts for which they are known. */
export interface Tally {
  /** Attempts that answered: only the winner of a request has one. */
  readonly answered: number;
  /** Everybody who was asked, so that skips are not among them. */
  readonly attempts: number;
  readonly failures: number;
  /** Ended by the user, which is neither the one nor the other. */
  readonly aborted: number;
  readonly skips: number;
  /** Attempts whose tokens are known. */
  readonly metered: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Attempts whose tokens were estimated. */
  readonly estimated: number;
  /** Attempts whose cost is known. */
  readonly priced: number;
  readonly costUsd: number;
  /** Answers whose time to first content is known. */
  readonly firstContents: number;
  /** Milliseconds, added up over answers. */
  readonly firstContentMs: number;
  readonly durationMs: number;
  /** Number, in the order of insertion, of the last request that asked somebody here. */
  readonly lastRequest: number;
}

/** The tally of one attempt, as the view `measured` has it; `request`: the number of its request. */
export function tallyOf(attempt: Attempt, request: number): Tally {
  const { outcome, usage, costUsd, firstContentMs, durationMs } = attempt;
  const answered = outcome === "success";
  const skipped = outcome === "skipped";
  const aborted = outcome === "aborted";
  const began = answered && firstContentMs !== undefined;
  return {
    answered: Number(answered),
    attempts: Number(!skipped),
    failures: Number(!answered && !skipped && !aborted),
    aborted: Number(aborted),
    skips: Number(skipped),
    metered: Number(usage !== undefined),
    inputTokens: usage === undefined ? 0 : promptTokens(usage),
    outputTokens: usage === undefined ? 0 : answerTokens(usage),
    estimated: Number(usage?.estimated ?? false),
    priced: Number(costUsd !== undefined),
    costUsd: costUsd ?? 0,
    firstContents: Number(began),
    firstContentMs: began ? Math.round(firstContentMs) : 0,
    durationMs: answered ? Math.round(durationMs) : 0,
    lastRequest: skipped ? 0 : request,
  };
}

/** The sum of two tallies. */
export function plus(a: Tally, b: Tally): Tally {
  return {
    answered: a.answered + b.answered,
    attempts: a.attempts + b.attempts,
    failures: a.failures + b.failures,
    aborted: a.aborted + b.aborted,
    skips: a.skips + b.skips,
    metered: a.metered + b.metered,
    inputTokens: a.inputTokens + b.inputTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    estimated: a.estimated + b.estimated,
    priced: a.priced + b.priced,
    costUsd: a.costUsd + b.costUsd,
    firstContents: a.firstContents + b.firstContents,
    firstContentMs: a.firstContentMs + b.firstContentMs,
    durationMs: a.durationMs + b.durationMs,
    lastRequest: Math.max(a.lastRequest, b.lastRequest),
  };
}

/** The tally that a row holds; columns it lacks count as nothing. */
export function readTally(row: Row): Tally {
  return {
    answered: countOf(row, "answered"),
    attempts: countOf(row, "attempts"),
    failures: countOf(row, "failures"),
    aborted: countOf(row, "aborted"),
    skips: countOf(row, "skips"),
    metered: countOf(row, "metered"),
    inputTokens: countOf(row, "input_tokens"),
    outputTokens: countOf(row, "output_tokens"),
    estimated: countOf(row, "estimated"),
    priced: countOf(row, "priced"),
    costUsd: countOf(row, "cost_usd"),
    firstContents: countOf(row, "first_contents"),
    firstContentMs: countOf(row, "first_content_ms"),
    durationMs: countOf(row, "duration_ms"),
    lastRequest: countOf(row, "last_request"),
  };
}

/** The tally of nothing. */
export const NOTHING: Tally = readTally({});
