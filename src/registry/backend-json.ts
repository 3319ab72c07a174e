import * as z from "zod/mini";
import { TYPE_NAMES } from "../backends/types.ts";
import type { ModelInfo } from "../core/backend.ts";
import type { LiveBackend } from "./live-backend.ts";

/** A model as other programs read it. Null: nobody said. */
const MODEL = z.strictObject({
  id: z.string(),
  name: z.string(),
  context_length: z.nullable(z.int()),
  max_output_tokens: z.nullable(z.int()),
  supports_vision: z.nullable(z.boolean()),
  supports_tools: z.nullable(z.boolean()),
  supports_json_mode: z.nullable(z.boolean()),
});

/** A registered backend as other programs read it. Times are ISO 8601; `url` is the one in use; null: nothing yet. */
export const BACKEND_JSON = z.strictObject({
  id: z.string(),
  name: z.string(),
  url: z.string(),
  backend_type: z.enum(TYPE_NAMES),
  status: z.enum(["healthy", "unhealthy", "unknown", "draining"]),
  last_health_check: z.nullable(z.iso.datetime()),
  last_error: z.nullable(z.string()),
  models: z.array(MODEL),
  priority: z.int(),
  discovery_source: z.enum(["static", "mdns", "manual"]),
  metadata: z.record(z.string(), z.string()),
  pending_requests: z.int().check(z.gte(0)),
  total_requests: z.int().check(z.gte(0)),
  avg_latency_ms: z.int().check(z.gte(0)),
});

/** What `BACKEND_JSON` reads. */
export type BackendJson = z.output<typeof BACKEND_JSON>;

/** A live backend as it is now, for `JSON.stringify`. It holds no key and no header. */
export function backendJson(live: LiveBackend): BackendJson {
  const { name, url, type, priority } = live.backend;
  return {
    id: name,
    name,
    url,
    backend_type: type,
    status: live.status,
    last_health_check: live.checkedAt === undefined ? null : new Date(live.checkedAt).toISOString(),
    last_error: live.error ?? null,
    models: (live.models ?? []).map(modelJson),
    priority,
    discovery_source: live.source,
    metadata: { ...live.metadata },
    pending_requests: live.pending,
    total_requests: live.requests,
    avg_latency_ms: live.latencyMs,
  };
}

/** A model, for `JSON.stringify`. Capabilities that are stated are all there are. */
function modelJson({ id, contextLength, maxOutputTokens, capabilities }: ModelInfo): z.output<typeof MODEL> {
  return {
    id,
    name: id,
    context_length: contextLength ?? null,
    max_output_tokens: maxOutputTokens ?? null,
    supports_vision: capabilities?.includes("vision") ?? null,
    supports_tools: capabilities?.includes("tools") ?? null,
    supports_json_mode: capabilities?.includes("json") ?? null,
  };
}
