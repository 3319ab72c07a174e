import { isObject } from "../../core/json.ts";
import type { Usage } from "../../core/usage.ts";
import { readNumber } from "../number.ts";

/** Reads a `usage` object into buckets that do not overlap. Undefined when nothing was counted. */
export function decodeUsage(wire: unknown): Usage | undefined {
  if (!isObject(wire)) return undefined;
  const prompt = count(wire["input_tokens"]);
  const answer = count(wire["output_tokens"]);
  if (prompt + answer === 0) return undefined;
  const inputDetails = isObject(wire["input_tokens_details"]) ? wire["input_tokens_details"] : {};
  const outputDetails = isObject(wire["output_tokens_details"]) ? wire["output_tokens_details"] : {};
  const cacheRead = Math.min(prompt, count(inputDetails["cached_tokens"]));
  const cacheWrite = Math.min(prompt - cacheRead, count(inputDetails["cache_write_tokens"]));
  const reasoning = Math.min(answer, count(outputDetails["reasoning_tokens"]));
  return {
    input: prompt - cacheRead - cacheWrite,
    cacheRead,
    cacheWrite,
    output: answer - reasoning,
    reasoning,
    estimated: false,
  };
}

function count(value: unknown): number {
  return Math.round(Math.max(0, readNumber(value) ?? 0));
}
