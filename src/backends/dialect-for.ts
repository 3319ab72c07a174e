import type { Backend, DialectName } from "../core/backend.ts";
import type { WireAsk } from "../core/ports.ts";

/**
 * In which dialect a backend is asked for a model: the caller's own where it speaks that, so that bytes may pass untouched, else the
 * one it speaks best.
 */
export function dialectFor(
  { dialect, type, alsoSpeaks }: Pick<Backend, "dialect" | "type" | "alsoSpeaks">,
  model: string,
  wanted?: DialectName,
): DialectName {
  if (type === "openai" && dialect === "openai-chat" && needsResponses(model)) return "openai-responses";
  return wanted !== undefined && alsoSpeaks.includes(wanted) ? wanted : dialect;
}

/** Whether the caller's own bytes go to a backend that is asked in this dialect. Vectors are asked for in no other way. */
export function takesBytes({ passes, dialect, decode }: WireAsk, of: DialectName): boolean {
  return decode !== undefined || (passes && dialect === of);
}

/**
 * OpenAI serves some models by its Responses API alone: https://platform.openai.com/docs/models (o1-pro, o3-pro, gpt-5-pro, the
 * codex models, deep research, computer use). Clouds that resell them put a vendor before the name.
 */
function needsResponses(model: string): boolean {
  return /^(o\d+-pro|gpt-\d+(\.\d+)?-(pro|codex)|codex-|o\d+(-mini)?-deep-research|computer-use)/.test(model);
}
