import { formatDuration } from "../../core/duration.ts";
import { localTime } from "../../core/local-time.ts";
import { formatUsd } from "../../core/money.ts";
import type { PastAttempt, PastOutcome, PastRequest } from "../../core/request-record.ts";
import { degradedLine, failedLine, markOf, tokensText } from "../output/answer-line.ts";

/** What is known of a request as a whole: names and values. */
export function facts({ at, target, outcome }: PastRequest): readonly (readonly string[])[] {
  const degraded = degradedLine(outcome);
  const { usage, costUsd } = outcome;
  return [
    ["request", outcome.requestId],
    ["time", localTime(new Date(at))],
    ["asked", `${target.kind} ${target.name}`],
    ["result", result(outcome)],
    ...(degraded === undefined ? [] : [["", degraded]]),
    ["took", formatDuration(outcome.durationMs)],
    ...(usage === undefined ? [] : [["tokens", tokensText(usage)]]),
    ...(usage === undefined && costUsd === undefined ? [] : [["cost", cost(outcome) ?? "unknown"]]),
  ];
}

function result({ error, actualModel, backend, backendType, routeReason }: PastOutcome): string {
  if (error !== undefined) return failedLine(error.message);
  const told = [backendType, routeReason].filter((one) => one !== undefined);
  return `answered by ${actualModel} @ ${backend}${told.length === 0 ? "" : ` (${told.join(", ")})`}`;
}

/** One attempt or skip: its place, whom it was asked of, and what came of it. */
export function attemptLine(attempt: PastAttempt, index: number): readonly string[] {
  const { member, model, backend } = attempt;
  const whom = model === "" && backend === "" ? "-" : `${model} @ ${backend}`;
  return [String(index + 1), member, whom, story(attempt)];
}

function story(attempt: PastAttempt): string {
  const { outcome, status, message, waitMs, firstContentMs, durationMs, usage, skipped } = attempt;
  const text = attempt.chain.slice(attempt.member.length + ": ".length);
  const told = message === undefined || text.includes(message) ? [] : [message];
  if (skipped) return [text, ...told].join(" · ");
  return [
    status === undefined ? outcome : `${outcome} ${status}`,
    ...(waitMs > 0 ? [`waited ${formatDuration(waitMs)}`] : []),
    ...(firstContentMs === undefined ? [] : [`first content after ${formatDuration(firstContentMs)}`]),
    formatDuration(durationMs),
    ...(usage === undefined ? [] : [tokensText(usage), cost(attempt) ?? "cost unknown"]),
    ...(message === undefined ? [] : [message]),
  ].join(" · ");
}

function cost({ costUsd, usage }: Pick<PastOutcome, "costUsd" | "usage">): string | undefined {
  return costUsd === undefined ? undefined : markOf(usage) + formatUsd(costUsd);
}
