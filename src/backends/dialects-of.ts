import type { Backend } from "../core/backend.ts";
import type { BackendRecord } from "./record.ts";
import { BACKEND_TYPES } from "./types.ts";

/** OpenAI itself; others who took over its chat completions did not all take over Responses. */
const OPENAI = "https://api.openai.com";

/**
 * What a backend speaks: what its record says; else OpenAI chat where its address leads to that side of the server; else what its type
 * speaks.
 */
export function dialectsOf(
  { dialect, type }: Pick<BackendRecord, "dialect" | "type">,
  url: string,
): Pick<Backend, "dialect" | "alsoSpeaks"> {
  if (dialect !== undefined) return { dialect, alsoSpeaks: [] };
  const row = BACKEND_TYPES[type];
  const { origin, pathname } = new URL(url);
  if (row.openaiAt !== undefined && pathname.endsWith(row.openaiAt))
    return { dialect: "openai-chat", alsoSpeaks: [] };
  return { dialect: row.dialect, alsoSpeaks: origin === OPENAI ? ["openai-responses"] : [] };
}
