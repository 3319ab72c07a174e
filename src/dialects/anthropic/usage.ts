import { isObject } from "../../core/json.ts";
import type { Usage } from "../../core/usage.ts";

/** Puts together what an answer tells of its tokens: all counts are of the whole answer so far, and the last of each holds. */
export interface UsageReader {
  take(wire: unknown): void;
  /** Undefined when nothing was counted. */
  usage(): Usage | undefined;
}

/** Starts with nothing counted. */
export function createUsage(): UsageReader {
  let input = 0;
  let cacheRead = 0;
  let cacheWrite = 0;
  let output = 0;
  let reasoning = 0;
  return {
    take(wire) {
      if (!isObject(wire)) return;
      input = count(wire["input_tokens"]) ?? input;
      cacheRead = count(wire["cache_read_input_tokens"]) ?? cacheRead;
      cacheWrite = count(wire["cache_creation_input_tokens"]) ?? cacheWrite;
      output = count(wire["output_tokens"]) ?? output;
      const details = wire["output_tokens_details"];
      if (isObject(details)) {
        reasoning = count(details["thinking_tokens"]) ?? count(details["reasoning_tokens"]) ?? reasoning;
      }
    },
    usage() {
      if (input + cacheRead + cacheWrite + output === 0) return undefined;
      const thought = Math.min(reasoning, output);
      return { input, cacheRead, cacheWrite, output: output - thought, reasoning: thought, estimated: false };
    },
  };
}

function count(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) ? Math.round(Math.max(0, value)) : undefined;
}
