import { formatDuration } from "../../core/duration.ts";
import { formatUsd } from "../../core/money.ts";
import { oneLine } from "../../core/text.ts";
import type { TurnResult } from "../../sessions/written.ts";
import { calm, markOf, tokensText } from "../output/answer-line.ts";

/**
 * One line on how a turn was answered: `llama3.2 @ ollama (local) · first token 0.3 s, all 1.2 s · 345 in, 120 out · $0.0012`.
 * When the first candidate did not answer, that and why. What is not known is left out.
 */
export function footer(result: TurnResult): string {
  const { model, backend, backendType, firstContentMs, durationMs, usage, costUsd, error } = result;
  if (error?.code === "aborted") return "interrupted";
  if (error !== undefined) return `failed: ${oneLine(error.message, 300)}`;
  const place = backendType === undefined ? "" : ` (${backendType})`;
  const first = firstContentMs === undefined ? "" : `first token ${formatDuration(firstContentMs)}, all `;
  return [
    ...(result.degraded ? ["degraded mode"] : []),
    `${model} @ ${backend}${place}`,
    `${first}${formatDuration(durationMs)}`,
    ...(usage === undefined ? [] : [tokensText(usage)]),
    ...(costUsd === undefined ? [] : [markOf(usage) + formatUsd(costUsd)]),
    ...(result.degraded ? [calm(result.chainLog.join(" -> "))] : []),
  ].join(" · ");
}
