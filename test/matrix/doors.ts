import type { MatrixDoor } from "./door.ts";
import { openaiChatClient } from "./openai-chat.ts";

/** Every way in whose table is published, in its order. */
export const DOORS: readonly MatrixDoor[] = [openaiChatClient];
