import type { Outcome } from "../../core/outcome.ts";
import { summaryJson } from "../output/run-json.ts";
import type { ToolCall } from "./tool-calls.ts";

/** A run as `--json` prints it. */
export function resultJson(outcome: Outcome, answer: string, toolCalls: readonly ToolCall[]): object {
  return {
    answer: answer === "" && outcome.error !== undefined ? null : answer,
    ...(toolCalls.length === 0 ? {} : { tool_calls: toolCalls }),
    ...summaryJson(outcome),
  };
}
