import { isObject } from "../../core/json.ts";
import type { Usage } from "../../core/usage.ts";
import { readNumber } from "../number.ts";

/**
 * Reads a `usage` object into buckets that do not overlap. Undefined when nothing was counted: servers that do not
 * count send null, nothing, or zeros.
 */
export function decodeUsage(wire: unknown): Usage | undefined {
  if (!isObject(wire)) return undefined;
  const prompt = count(wire["prompt_tokens"]);
  const completion = count(wire["completion_tokens"]);
  if (prompt + completion === 0) return undefined;
  const promptDetails = isObject(wire["prompt_tokens_details"]) ? wire["prompt_tokens_details"] : {};
  const details = isObject(wire["completion_tokens_details"]) ? wire["completion_tokens_details"] : {};
  const cacheRead = Math.min(
    prompt,
    count(promptDetails["cached_tokens"] ?? wire["prompt_cache_hit_tokens"]),
  );
  const cacheWrite = Math.min(prompt - cacheRead, count(promptDetails["cache_write_tokens"]));
  const reasoning = count(details["reasoning_tokens"]);
  const apart = reasoningStandsApart(prompt, completion, reasoning, count(wire["total_tokens"]));
  return {
    input: prompt - cacheRead - cacheWrite,
    cacheRead,
    cacheWrite,
    output: apart ? completion : Math.max(0, completion - reasoning),
    reasoning: apart ? reasoning : Math.min(reasoning, completion),
    estimated: false,
  };
}

/**
 * Some servers (xAI's, Gemini's compatible one) leave reasoning out of `completion_tokens`; the total tells:
 * https://docs.x.ai/docs/guides/reasoning
 */
function reasoningStandsApart(prompt: number, completion: number, reasoning: number, total: number): boolean {
  return reasoning > 0 && total === prompt + completion + reasoning;
}

/** A count of tokens, also one written as a string; anything else, negative numbers included, counts nothing. */
function count(value: unknown): number {
  return Math.round(Math.max(0, readNumber(value) ?? 0));
}
