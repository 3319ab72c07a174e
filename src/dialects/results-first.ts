import type { Message } from "../core/chat.ts";

/**
 * The conversation with what tools brought directly behind the turn that called them. Some clients let the user or the system speak
 * in between, where providers take the calls for unanswered and the results for nobody's.
 */
export function resultsFirst(messages: readonly Message[]): readonly Message[] {
  const ordered: Message[] = [];
  let later: Message[] = [];
  let called = false;
  for (const message of messages) {
    if (message.role === "assistant") {
      ordered.push(...later, message);
      later = [];
      called = message.parts.some(({ type }) => type === "tool-call");
    } else if (called && message.role !== "tool") {
      later.push(message);
    } else {
      ordered.push(message);
    }
  }
  return [...ordered, ...later];
}
