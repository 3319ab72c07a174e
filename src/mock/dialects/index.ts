import { DIALECT_NAMES, type DialectName } from "../../core/backend.ts";
import { anthropic } from "./anthropic.ts";
import type { MockDialect } from "./dialect.ts";
import { gemini } from "./gemini.ts";
import { ollama } from "./ollama.ts";
import { openaiChat } from "./openai-chat.ts";
import { openaiResponses } from "./openai-responses.ts";

/** Every wire language a scripted backend can speak. */
const MOCK_DIALECTS: Readonly<Partial<Record<DialectName, MockDialect>>> = {
  "openai-chat": openaiChat,
  "openai-responses": openaiResponses,
  anthropic,
  gemini,
  ollama,
};

/** The language of this name, as a server speaks it. */
export function mockDialect(name: DialectName): MockDialect {
  const dialect = MOCK_DIALECTS[name];
  if (dialect === undefined) throw new TypeError(`no dialect ${name}`);
  return dialect;
}

/** The dialect of this name; undefined where no scripted backend speaks it. */
export function findMockDialect(name: string): DialectName | undefined {
  return DIALECT_NAMES.find((known) => known === name && MOCK_DIALECTS[known] !== undefined);
}
