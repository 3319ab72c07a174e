import type { DialectName } from "../../core/backend.ts";
import { anthropic } from "./anthropic.ts";
import type { MockDialect } from "./dialect.ts";
import { gemini } from "./gemini.ts";
import { ollama } from "./ollama.ts";
import { openaiChat } from "./openai-chat.ts";
import { openaiResponses } from "./openai-responses.ts";

/** Every wire language a scripted backend can speak. */
export const MOCK_DIALECTS: Readonly<Record<DialectName, MockDialect>> = {
  "openai-chat": openaiChat,
  "openai-responses": openaiResponses,
  anthropic,
  gemini,
  ollama,
};
