import type { ChatEvent } from "../core/chat.ts";

/** Most times that the same piece of text may come in a row. */
const MAX_SAME = 1_000;

/** Tells when a model is caught in a loop and has repeated one piece of text too often. */
export function createRunawayGuard(): (event: ChatEvent) => boolean {
  let last = "";
  let times = 0;
  return (event) => {
    if (event.type !== "text-delta" && event.type !== "reasoning-delta") return false;
    times = event.text === last ? times + 1 : 1;
    last = event.text;
    return times === MAX_SAME;
  };
}

/** What such a stream is called. */
export const RUNAWAY = `runaway stream: the same piece of text ${MAX_SAME} times in a row`;
