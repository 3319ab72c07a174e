import { plainUsd } from "../../core/money.ts";
import type { TallyRow } from "../../ledger/stats.ts";

/** A tally as scripts get it. What is not known is null, never 0. */
export type Figures = ReturnType<typeof figuresOf>;

/** The figures of one tally. The keys are a promise to scripts. Times are means over the answers. */
export function figuresOf({ tally, lastUsed }: Pick<TallyRow, "tally" | "lastUsed">) {
  const { answered, failures, metered, priced, firstContents } = tally;
  const tried = answered + failures;
  return {
    answered,
    attempts: tally.attempts,
    failures,
    aborted: tally.aborted,
    skips: tally.skips,
    success_rate: tried === 0 ? null : Number((answered / tried).toFixed(4)),
    input_tokens: metered === 0 ? null : tally.inputTokens,
    output_tokens: metered === 0 ? null : tally.outputTokens,
    estimated: tally.estimated > 0,
    cost_usd: priced === 0 ? null : plainUsd(tally.costUsd),
    unpriced_attempts: metered - priced,
    mean_first_content_ms: firstContents === 0 ? null : Math.round(tally.firstContentMs / firstContents),
    mean_duration_ms: answered === 0 ? null : Math.round(tally.durationMs / answered),
    last_used: lastUsed === undefined ? null : new Date(lastUsed).toISOString(),
  };
}
