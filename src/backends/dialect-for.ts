import type { Backend, DialectName } from "../core/backend.ts";
import { type ChatRequest, type Params, param } from "../core/chat.ts";
import type { WireAsk } from "../core/ports.ts";

/** What is asked of a backend, as far as the dialect hangs on it. */
export interface Asked {
  readonly model: string;
  readonly params: Params;
  readonly tools: ChatRequest["tools"];
}

/**
 * In which dialect a backend is asked: the caller's own where it speaks that, so that bytes may pass untouched, else the one it speaks
 * best. What OpenAI serves by its Responses alone is asked for there.
 */
export function dialectFor(
  { dialect, type, alsoSpeaks }: Pick<Backend, "dialect" | "type" | "alsoSpeaks">,
  { model, params, tools }: Asked,
  wanted?: DialectName,
): DialectName {
  if (type === "openai" && dialect === "openai-chat") {
    const calls = tools.length > 0 && alsoSpeaks.includes("openai-responses");
    if (needsResponses(model) || (calls && thinksAndCalls(model, params))) return "openai-responses";
  }
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

/**
 * Whether chat completions refuse functions to a model because it would think: newer ones whenever they do, and they do unasked from 5.5
 * on. https://github.com/openai/openai-openapi/issues/541, https://github.com/BerriAI/litellm/pull/34569
 */
function thinksAndCalls(model: string, params: Params): boolean {
  const version = Number(/^gpt-(\d+(?:\.\d+)?)(?!.*-chat)/.exec(model)?.[1] ?? 0);
  const effort = param(params, "reasoning_effort") ?? (version >= 5.5 ? "medium" : "none");
  return version >= 5.2 && effort !== "none";
}
