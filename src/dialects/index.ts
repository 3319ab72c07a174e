import type { DialectName } from "../core/backend.ts";
import type { Dialect } from "./dialect.ts";
import { openaiChat } from "./openai-chat/index.ts";

/** Every wire language a backend can speak. */
export const DIALECTS: Readonly<Record<DialectName, Dialect>> = { "openai-chat": openaiChat };
