import type { Params } from "./chat.ts";

/** Request parameters every dialect translates, under their OpenAI chat names. */
export const PARAM_NAMES = [
  "temperature",
  "top_p",
  "max_tokens",
  "max_completion_tokens",
  "stop",
  "seed",
  "presence_penalty",
  "frequency_penalty",
  "reasoning_effort",
  "response_format",
  "stream",
  "logit_bias",
  "logprobs",
  "top_logprobs",
  "n",
  "user",
  "parallel_tool_calls",
] as const;

const KNOWN: ReadonlySet<string> = new Set(PARAM_NAMES);

/** Whether a backend that lists `extra` names can be sent this parameter. */
export function isSendable(name: string, extra: readonly string[]): boolean {
  return KNOWN.has(name) || extra.includes(name);
}

/** Parameters of several layers made one; later layers win, name by name. */
export function mergeParams(...layers: readonly Params[]): Params {
  let merged = NO_PARAMS;
  for (const layer of layers) {
    // Mostly all but one are empty.
    if (!isEmpty(layer)) merged = merged === NO_PARAMS ? layer : { ...merged, ...layer };
  }
  return merged;
}

const NO_PARAMS: Params = {};

function isEmpty(params: Params): boolean {
  for (const _ in params) return false;
  return true;
}

const NONE: readonly string[] = [];

/** The parameters a backend can be sent, and the names of those it cannot. */
export function sendable(
  params: Params,
  extra: readonly string[],
): { params: Params; dropped: readonly string[] } {
  const dropped = Object.keys(params).filter((name) => !isSendable(name, extra));
  if (dropped.length === 0) return { params, dropped: NONE };
  const kept = Object.entries(params).filter(([name]) => !dropped.includes(name));
  return { params: Object.fromEntries(kept), dropped };
}
