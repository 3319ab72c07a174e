import { isBackendType, TYPE_NAMES } from "../../backends/types.ts";
import type { BackendType } from "../../core/backend.ts";
import { parseDuration } from "../../core/duration.ts";
import { isJsonObject, type Json, type JsonObject } from "../../core/json.ts";
import { didYouMean } from "../../core/nearest.ts";
import { Problem } from "../../core/problem.ts";
import type { RecordFlags } from "../commands/backend.ts";

/** What the flags state, as keys of a backend's record. Throws a `Problem` naming the flag that makes no sense. */
export function recordFromFlags(flags: RecordFlags & { readonly url?: string }): JsonObject {
  const stated: Record<string, Json | undefined> = {
    type: typeFlag(flags.type),
    url: flags.url,
    api_key_env: flags.apiKeyEnv,
    api_key_ref: flags.apiKeyRef,
    zone: flags.zone,
    tier: numberOf("--tier", flags.tier),
    priority: numberOf("--priority", flags.priority),
    max_concurrent: numberOf("--max-concurrent", flags.maxConcurrent),
    models: flags.model,
    timeouts: flags.timeout === undefined ? undefined : Object.fromEntries(flags.timeout.map(timeoutOf)),
    headers: flags.header === undefined ? undefined : Object.fromEntries(flags.header.map(headerOf)),
  };
  return defined(stated);
}

/** A record with changes over it; timeouts and headers are merged one by one, everything else is replaced. */
export function mergeRecords(record: JsonObject, changes: JsonObject): JsonObject {
  const merged = Object.entries(changes).map(([key, value]) => {
    const former = record[key];
    return [key, isJsonObject(former) && isJsonObject(value) ? { ...former, ...value } : value] as const;
  });
  return { ...record, ...Object.fromEntries(merged) };
}

/** The backends' records in a configuration, by name. */
export function recordsIn(config: JsonObject): JsonObject {
  const records = config["backends"];
  return isJsonObject(records) ? records : {};
}

/** A configuration in which this backend has this record; without one the backend is gone. */
export function withRecord(config: JsonObject, name: string, record: JsonObject | undefined): JsonObject {
  const { [name]: _, ...others } = recordsIn(config);
  // A changed backend keeps its place, since the order of backends decides between equals.
  const backends = record === undefined ? others : { ...recordsIn(config), [name]: record };
  return { ...config, backends };
}

function defined(stated: Readonly<Record<string, Json | undefined>>): JsonObject {
  const kept: Record<string, Json> = {};
  for (const [key, value] of Object.entries(stated)) if (value !== undefined) kept[key] = value;
  return kept;
}

/** The type that `--type` names. Throws a `Problem` with the nearest types. */
export function typeFlag(text: string | undefined): BackendType | undefined {
  if (text === undefined || isBackendType(text)) return text;
  const message = `--type: there is no type "${text}"${didYouMean(text, TYPE_NAMES)}`;
  throw new Problem("usage", "bad_type", message, `types are ${TYPE_NAMES.join(", ")}`);
}

function numberOf(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^-?\d+$/.test(text)) return Number(text);
  throw new Problem("usage", "bad_number", `${flag} takes a whole number, not ${JSON.stringify(text)}`);
}

const CLOCKS = ["connect", "first-content", "answer", "idle", "total"];

function timeoutOf(text: string): readonly [string, number] {
  const [clock, value] = split("--timeout", text);
  const ms = parseDuration(value, "s");
  if (CLOCKS.includes(clock) && ms !== undefined) return [`${clock.replaceAll("-", "_")}_ms`, ms];
  const message = `--timeout takes ${CLOCKS.join(", ")} and a time, as in idle=90s, not ${JSON.stringify(text)}`;
  throw new Problem("usage", "bad_timeout", message);
}

function headerOf(text: string): readonly [string, string] {
  return split("--header", text);
}

/** A value is not repeated: somebody may try to put a key into a header. */
function split(flag: string, text: string): readonly [string, string] {
  const at = text.indexOf("=");
  if (at > 0) return [text.slice(0, at).trim(), text.slice(at + 1).trim()];
  throw new Problem("usage", "bad_pair", `${flag} takes a name and a value with = between them`);
}
