import { formatDuration } from "../../core/duration.ts";
import { formatUsd } from "../../core/money.ts";
import type { PastOutcome } from "../../core/request-record.ts";
import { oneLine } from "../../core/text.ts";
import { answerTokens, promptTokens, type Usage } from "../../core/usage.ts";

/** `chain: fast: failed (503 Service Unavailable) -> local: success`. */
export function chainLine(outcome: PastOutcome): string {
  const chain = outcome.chainLog.length === 0 ? "nothing was tried" : outcome.chainLog.join(" -> ");
  return `chain: ${outcome.error === undefined ? calm(chain) : chain}`;
}

/** `answered by: llama3.2 @ ollama (local) · 1.2 s · 345 in, 120 out · $0.0012 · req_…`. What is not known is left out. */
export function answeredLine(outcome: PastOutcome): string {
  const place = outcome.backendType === undefined ? "" : ` (${outcome.backendType})`;
  return [
    `answered by: ${outcome.actualModel} @ ${outcome.backend}${place}`,
    formatDuration(outcome.durationMs),
    ...(outcome.usage === undefined ? [] : [tokensText(outcome.usage)]),
    ...(outcome.costUsd === undefined ? [] : [markOf(outcome.usage) + formatUsd(outcome.costUsd)]),
    outcome.requestId,
  ].join(" · ");
}

/** `degraded mode: …`, when an answer came but not from the first candidate. */
export function degradedLine(outcome: PastOutcome): string | undefined {
  if (!outcome.degraded || outcome.error !== undefined) return undefined;
  const wanted = named(outcome.primaryModel, outcome.primaryMember);
  const answered = named(outcome.actualModel, outcome.answeringMember);
  return `degraded mode: ${wanted} did not answer, ${answered} did`;
}

/** `failed: All models in chain failed: …`, when no answer came. */
export function failedLine(message: string): string {
  return `failed: ${oneLine(message, 4000)}`;
}

/** A survived attempt must not look like a failed run to those who search logs for that word. */
export function calm(text: string): string {
  return text.replaceAll("ERROR", "error");
}

function named(model: string | undefined, member: string | undefined): string {
  const bare = member === undefined || member === model || member.startsWith(`${model}@`);
  return bare ? (member ?? model ?? "the first model") : `${model} (${member})`;
}

/** What stands before numbers that nexus estimated. */
export function markOf(usage: Usage | undefined): string {
  return usage?.estimated ? "~" : "";
}

/** `345 in, 120 out`, each with a mark where it was estimated. */
export function tokensText(usage: Usage): string {
  const mark = markOf(usage);
  return `${mark}${promptTokens(usage)} in, ${mark}${answerTokens(usage)} out`;
}
