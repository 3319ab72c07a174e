import type { ChatRequest, Message, Part } from "../core/chat.ts";

/** Every part of a conversation, and what tools brought. */
export function allParts({ messages }: Pick<ChatRequest, "messages">): readonly Part[] {
  return messages.flatMap(({ parts }) =>
    parts.flatMap((part): readonly Part[] =>
      part.type === "tool-result" ? [part, ...part.content] : [part],
    ),
  );
}

/** Whether anything in a request, tools included, is marked for a provider's cache. */
export function hasCacheMarks(request: ChatRequest): boolean {
  return request.tools.some(isMarked) || request.messages.some(({ parts }) => parts.some(hasMark));
}

function hasMark(part: Part): boolean {
  if ("cache" in part && isMarked(part)) return true;
  return part.type === "tool-result" && part.content.some(isMarked);
}

function isMarked({ cache }: { readonly cache?: unknown }): boolean {
  return cache !== undefined;
}

/** Whether it is said how closely an image is to be looked at. `auto` says nothing. */
export function hasImageDetail(request: ChatRequest): boolean {
  return allParts(request).some(
    (part) => part.type === "image" && part.detail !== undefined && part.detail !== "auto",
  );
}

/**
 * Place of the words of the assistant's that a conversation ends with, so that the model would go on from there; -1 where it ends
 * otherwise. Calls are given results, and what the system says has a place of its own.
 */
export function prefillAt(messages: readonly Message[]): number {
  const at = messages.findLastIndex(({ role }) => role !== "system");
  const last = messages[at];
  const speaks = last?.parts.some(
    (part) => part.type === "image" || (part.type === "text" && part.text.trim() !== ""),
  );
  const calls = last?.parts.some(({ type }) => type === "tool-call");
  return last?.role === "assistant" && speaks && !calls ? at : -1;
}

/** What an assistant said, without the thoughts at its end that it said nothing after: some providers refuse those. */
export function withoutLastThoughts(parts: readonly Part[]): readonly Part[] {
  const isSpeech = (part: Part) => part.type !== "reasoning" && !(part.type === "text" && part.text === "");
  return parts.slice(0, parts.findLastIndex(isSpeech) + 1);
}
