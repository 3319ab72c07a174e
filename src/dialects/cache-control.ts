import type { CacheMark } from "../core/chat.ts";
import { isJsonObject, type JsonObject } from "../core/json.ts";
import { member } from "./checks.ts";

/**
 * Anthropic's mark on a part or tool. OpenAI clients write it, too, for routers that pass it on:
 * https://openrouter.ai/docs/features/prompt-caching
 */
export function readCacheMark(holder: JsonObject): CacheMark | undefined {
  const mark = member(holder, "cache_control");
  if (!isJsonObject(mark) || member(mark, "type") !== "ephemeral") return undefined;
  return member(mark, "ttl") === "1h" ? "1h" : "5m";
}
