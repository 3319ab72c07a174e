import type { ChatEvent } from "../core/chat.ts";
import { malformed } from "../core/failure.ts";

/** The last events of an answer that is not what its format promises. */
export function malformedEnd(message: string): ChatEvent[] {
  return [{ type: "failure", failure: malformed(message) }];
}
