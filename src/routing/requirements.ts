import type { Capability, Zone } from "../core/backend.ts";
import { type ChatRequest, param } from "../core/chat.ts";
import { isObject } from "../core/json.ts";
import type { Requirement } from "./plan.ts";

/**
 * What the request needs, read from it without changing it. A caller can tighten zone and tier, never loosen them. Vectors of two
 * models do not mix: embeddings never fall back to another.
 */
export function requirementOf(
  request: ChatRequest,
  asked: {
    zone?: Zone | undefined;
    minTier?: number | undefined;
    noFallback?: boolean | undefined;
    task?: "embeddings" | undefined;
  },
): Requirement {
  const embeddings = asked.task === "embeddings";
  return {
    embeddings,
    capabilities: capabilitiesOf(request),
    zone: asked.zone ?? "open",
    minTier: asked.minTier ?? 0,
    fallback: !asked.noFallback && !embeddings,
  };
}

function capabilitiesOf(request: ChatRequest): readonly Capability[] {
  const needed: Capability[] = [];
  if (request.messages.some(({ parts }) => parts.some(({ type }) => type === "image"))) needed.push("vision");
  if (request.tools.length > 0) needed.push("tools");
  if (wantsJson(request)) needed.push("json");
  return needed;
}

function wantsJson(request: ChatRequest): boolean {
  const format = param(request.params, "response_format");
  return isObject(format) && (format["type"] === "json_object" || format["type"] === "json_schema");
}
