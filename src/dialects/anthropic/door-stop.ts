import type { ChatEvent, StopReason } from "../../core/chat.ts";

const REASONS: Readonly<Record<StopReason, string>> = {
  stop: "end_turn",
  length: "max_tokens",
  tool_calls: "tool_use",
  content_filter: "refusal",
};

/** Why an answer ended, in the words of this API: https://docs.anthropic.com/en/api/handling-stop-reasons */
export function encodeStop(
  { reason, stopSequence }: Extract<ChatEvent, { type: "response-end" }>,
  refused: boolean,
): { readonly stop_reason: string; readonly stop_sequence: string | null } {
  if (refused) return { stop_reason: "refusal", stop_sequence: null };
  if (reason === "stop" && stopSequence !== undefined) {
    return { stop_reason: "stop_sequence", stop_sequence: stopSequence };
  }
  return { stop_reason: REASONS[reason], stop_sequence: null };
}
