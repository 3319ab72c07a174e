import type { DialectName } from "../../core/backend.ts";
import type { MockDialect } from "./dialect.ts";
import { openaiChat } from "./openai-chat.ts";

/** Every wire language a scripted backend can speak. */
export const MOCK_DIALECTS: Readonly<Record<DialectName, MockDialect>> = { "openai-chat": openaiChat };
