import type { ChatRequest, Gap, Message, Part } from "../../core/chat.ts";
import type { EncodeTarget } from "../dialect.ts";
import { takesReasoning } from "./request.ts";

/** What OpenAI chat has no place for. All of it changes no answer's meaning. */
export function requestGaps(
  { messages, tools }: ChatRequest,
  { type }: Pick<EncodeTarget, "type">,
): readonly Gap[] {
  const parts = messages.flatMap((message: Message) => message.parts);
  const marked = tools.some(({ cache }) => cache !== undefined) || parts.some(isMarked);
  const thought = parts.some(
    (part) => part.type === "reasoning" && (part.proof !== undefined || !takesReasoning(type)),
  );
  const failed = parts.some((part) => part.type === "tool-result" && part.failed);
  return [
    ...(marked ? [{ field: "cache_control", harmless: true }] : []),
    ...(thought ? [{ field: "reasoning", harmless: true }] : []),
    ...(failed ? [{ field: "is_error", harmless: true }] : []),
  ];
}

function isMarked(part: Part): boolean {
  if (part.type === "tool-result") return part.cache !== undefined || part.content.some(isMarked);
  return (part.type === "text" || part.type === "image") && part.cache !== undefined;
}
