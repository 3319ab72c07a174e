import type { DialectName } from "../core/backend.ts";
import type { FrontDoor } from "./dialect.ts";
import { openaiChatDoor } from "./openai-chat/door.ts";

/** Every wire language that clients may speak to nexus. Apart from `DIALECTS`, so that only a server loads it. */
export const DOORS = { "openai-chat": openaiChatDoor } satisfies Partial<Record<DialectName, FrontDoor>>;
