import type { ChatRequest, Part } from "../core/chat.ts";

/** Whether anything in a request, tools and what they brought included, is marked for a provider's cache. */
export function hasCacheMarks({ messages, tools }: ChatRequest): boolean {
  return tools.some(({ cache }) => cache !== undefined) || messages.some(({ parts }) => parts.some(isMarked));
}

function isMarked(part: Part): boolean {
  if (part.type === "tool-result") return part.cache !== undefined || part.content.some(isMarked);
  return (part.type === "text" || part.type === "image") && part.cache !== undefined;
}
