import { isObject } from "../../core/json.ts";
import type { Usage } from "../../core/usage.ts";

/**
 * Reads `usageMetadata`, in which the prompt includes what was cached, and the answer excludes thoughts. Undefined when nothing was counted.
 * https://ai.google.dev/api/generate-content#UsageMetadata
 */
export function decodeUsage(wire: unknown): Usage | undefined {
  if (!isObject(wire)) return undefined;
  const prompt = count(wire["promptTokenCount"]) + count(wire["toolUsePromptTokenCount"]);
  const output = count(wire["candidatesTokenCount"]);
  const reasoning = count(wire["thoughtsTokenCount"]);
  if (prompt + output + reasoning === 0) return undefined;
  const cacheRead = Math.min(prompt, count(wire["cachedContentTokenCount"]));
  return { input: prompt - cacheRead, cacheRead, cacheWrite: 0, output, reasoning, estimated: false };
}

function count(value: unknown): number {
  return typeof value === "number" && Number.isFinite(value) && value > 0 ? Math.round(value) : 0;
}
