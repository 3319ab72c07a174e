import type { CacheMark, ChatRequest, Part } from "../../core/chat.ts";

/** Most marks in one request: https://docs.anthropic.com/en/docs/build-with-claude/prompt-caching */
const MOST = 4;

/** Writes cache marks, of which only the last few are taken. */
export type WriteMark = (mark: CacheMark | undefined) => object;

/** The marks of a request that can be sent: asked for in the order of the wire, the first that are too many are left out. */
export function createMarks(request: ChatRequest): WriteMark {
  let surplus = countMarks(request) - MOST;
  return (mark) => {
    if (mark === undefined || surplus-- > 0) return {};
    return { cache_control: { type: "ephemeral", ...(mark === "1h" && { ttl: mark }) } };
  };
}

/** Whether some marks of a request have to be left out. */
export function hasSurplusMarks(request: ChatRequest): boolean {
  return countMarks(request) > MOST;
}

function countMarks({ messages, tools }: ChatRequest): number {
  let count = 0;
  for (const { cache } of tools) if (cache !== undefined) count += 1;
  for (const { parts } of messages) for (const part of parts) count += marksOf(part);
  return count;
}

function marksOf(part: Part): number {
  if (part.type === "reasoning" || part.type === "tool-call") return 0;
  const own = part.cache !== undefined && !isBlank(part) ? 1 : 0;
  return part.type === "tool-result" ? own + part.content.reduce((sum, one) => sum + marksOf(one), 0) : own;
}

/** Whether a part is text without a letter, which the API refuses: it is left out. */
export function isBlank(part: Part): boolean {
  return part.type === "text" && part.text.trim() === "";
}
