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
  asked: { zone?: Zone; minTier?: number; noFallback?: boolean; task?: "embeddings" },
): Requirement {
  const embeddings = asked.task === "embeddings";
  return {
    embeddings,
    capabilities: [
      ...(request.messages.some((message) => message.parts.some((part) => part.type === "image"))
        ? (["vision"] satisfies Capability[])
        : []),
      ...(request.tools.length > 0 ? (["tools"] satisfies Capability[]) : []),
      ...(wantsJson(request) ? (["json"] satisfies Capability[]) : []),
    ],
    zone: asked.zone ?? "open",
    minTier: asked.minTier ?? 0,
    fallback: !asked.noFallback && !embeddings,
  };
}

function wantsJson(request: ChatRequest): boolean {
  const format = param(request.params, "response_format");
  return isObject(format) && (format["type"] === "json_object" || format["type"] === "json_schema");
}
