import { anthropicDoor } from "./anthropic/door.ts";
import type { AskedAt, FrontDoor } from "./dialect.ts";
import { geminiDoor } from "./gemini/door.ts";
import { ollamaDoor } from "./ollama/door.ts";
import { openaiChatDoor } from "./openai-chat/door.ts";
import { openaiResponsesDoor } from "./openai-responses/door.ts";

/**
 * Every wire language that clients may speak to nexus; OpenAI chat last, in whose words everything is told that no other claims.
 * Apart from the backends' dialects, so that only a server loads it.
 */
export const DOORS: readonly FrontDoor[] = [
  geminiDoor,
  openaiResponsesDoor,
  anthropicDoor,
  ollamaDoor,
  openaiChatDoor,
];

/** The door in whose words an answer at this path has to be. */
export function doorAt(path: string, headers: AskedAt["headers"]): FrontDoor {
  return DOORS.find((door) => door.speaksAt(path, headers)) ?? openaiChatDoor;
}
