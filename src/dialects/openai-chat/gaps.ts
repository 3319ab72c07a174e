import type { ChatRequest, Gap } from "../../core/chat.ts";
import type { EncodeTarget } from "../dialect.ts";
import { hasCacheMarks } from "../parts.ts";
import { takesReasoning } from "./request.ts";

/** What OpenAI chat has no place for. All of it changes no answer's meaning. */
export function requestGaps(request: ChatRequest, { type }: Pick<EncodeTarget, "type">): readonly Gap[] {
  const parts = request.messages.flatMap((message) => message.parts);
  const thought = parts.some(
    (part) => part.type === "reasoning" && (part.proof !== undefined || !takesReasoning(type)),
  );
  const failed = parts.some((part) => part.type === "tool-result" && part.failed);
  return [
    ...(hasCacheMarks(request) ? [{ field: "cache_control", harmless: true }] : []),
    ...(thought ? [{ field: "reasoning", harmless: true }] : []),
    ...(failed ? [{ field: "is_error", harmless: true }] : []),
  ];
}
