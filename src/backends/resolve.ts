import type { Backend, ModelInfo, Timeouts } from "../core/backend.ts";
import { Problem } from "../core/problem.ts";
import { presetNamed, usualModels } from "./clouds.ts";
import { dialectsOf } from "./dialects-of.ts";
import { extraHeaders } from "./headers.ts";
import { keySource, presetFor } from "./key-source.ts";
import type { BackendRecord, ModelRecord } from "./record.ts";
import { BACKEND_TYPES } from "./types.ts";
import { baseUrl } from "./url.ts";
import { defaultZone } from "./zone.ts";

export type { BackendRecord } from "./record.ts";

/**
 * A backend with every default filled in. Types and ranges of the record are already checked; what only this room can
 * know (addresses, names of keys, headers) is checked here and refused with a `Problem` that names backend and key.
 */
export function resolveBackend(name: string, record: BackendRecord, source: Backend["source"]): Backend {
  const { place, extraParams } = BACKEND_TYPES[record.type];
  const stated = record.dialect ?? BACKEND_TYPES[record.type].dialect;
  const url = baseUrl(record.url ?? defaultUrl(name, record), name, stated);
  const { dialect, alsoSpeaks } = dialectsOf(record, url);
  const preset = presetFor(name, record, url);
  const models = record.models ?? (preset?.record.url === url ? preset.record.models : undefined);
  return {
    name,
    type: record.type,
    dialect,
    alsoSpeaks,
    url,
    key: keySource(name, record, url),
    zone: record.zone ?? defaultZone({ type: record.type, url, source }),
    tier: record.tier ?? 1,
    priority: record.priority ?? (place === "local" ? 50 : 60),
    ...(record.max_concurrent === undefined ? {} : { maxConcurrent: record.max_concurrent }),
    ...(models === undefined ? {} : { models: models.map(modelInfo) }),
    usualModels: usualModels(record.type, preset).map(modelInfo),
    ...(typeof record.probe === "object"
      ? { probe: { model: record.probe.model, perDay: record.probe.per_day } }
      : {}),
    timeouts: timeouts(record.timeouts ?? {}, place),
    headers: extraHeaders(name, record.headers ?? {}),
    extraParams: [...extraParams, ...(preset?.extraParams ?? [])],
    source,
  };
}

function defaultUrl(name: string, { type }: BackendRecord): string {
  const { port } = BACKEND_TYPES[type];
  const own = presetNamed(name)?.record;
  const url = port === undefined ? undefined : `http://127.0.0.1:${port}`;
  const found = url ?? (own?.type === type ? own.url : presetNamed(type)?.record.url);
  if (found !== undefined) return found;
  throw new Problem("config", "backend_url_missing", `backend "${name}": url: the type ${type} needs one`);
}

function modelInfo(model: ModelRecord): ModelInfo {
  if (typeof model === "string") return { id: model };
  const { id, context_length: contextLength, max_output_tokens: maxOutputTokens, capabilities } = model;
  return {
    id,
    ...(contextLength === undefined ? {} : { contextLength }),
    ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
    ...(capabilities === undefined ? {} : { capabilities }),
  };
}

/** Contract: a local model may have to be loaded first, so its first content is waited for longer. */
function timeouts(stated: NonNullable<BackendRecord["timeouts"]>, place: "local" | "cloud"): Timeouts {
  return {
    connectMs: stated.connect_ms ?? 10_000,
    firstContentMs: stated.first_content_ms ?? (place === "local" ? 300_000 : 120_000),
    answerMs: stated.answer_ms ?? 300_000,
    idleMs: stated.idle_ms ?? 60_000,
    totalMs: stated.total_ms ?? 600_000,
  };
}
