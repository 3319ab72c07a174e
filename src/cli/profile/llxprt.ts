import { baseUrl } from "../../backends/url.ts";
import { PROFILE_VERSION } from "../../config/profile-file.ts";
import { settingAllows } from "../../config/settings.ts";
import { settingRow } from "../../config/settings-table.ts";
import type { Backend } from "../../core/backend.ts";
import { isJsonObject, type Json, type JsonObject } from "../../core/json.ts";
import { isSendable } from "../../core/params.ts";
import { Problem } from "../../core/problem.ts";

// The format: docs/cli/profiles.md of https://github.com/vybestack/llxprt-code

/** A profile made of another program's, and what of that one was not carried over. */
export interface Converted {
  readonly document: JsonObject;
  readonly lost: readonly string[];
}

/** Whether a profile is llxprt-code's: nexus's own have none of these keys. */
export function isLlxprt(document: JsonObject): boolean {
  return ["ephemeralSettings", "modelParams", "provider", "backends"].some((key) =>
    Object.hasOwn(document, key),
  );
}

/**
 * Turns an llxprt-code profile into the document of one of ours. `backends` are those that a `base-url` may mean. Throws
 * a `Problem` when nobody has that address: the prompts would go to another server than they did before.
 */
export function fromLlxprt(foreign: JsonObject, backends: readonly Backend[]): Converted {
  const ephemeral = objectAt(foreign, "ephemeralSettings");
  const isBalancer = foreign["type"] === "loadbalancer";
  const parts = Object.entries(ephemeral).map(([key, value]) => partOf(key, value, isBalancer));
  const params = mergedAt("params", parts);
  const settings = mergedAt("settings", parts);
  const limit = foreign["contextLimit"] ?? ephemeral["context-limit"];
  const known = isBalancer ? BALANCER_KEYS : MODEL_KEYS;
  const document = {
    version: PROFILE_VERSION,
    type: isBalancer ? "loadbalancer" : "model",
    ...(isBalancer ? balancerOf(foreign) : modelOf(foreign, ephemeral, backends)),
    ...nonEmpty("params", { ...params, ...objectAt(foreign, "modelParams") }),
    ...nonEmpty("settings", settings),
    ...(limit === undefined || limit === null ? {} : { context_limit: limit }),
  };
  const others = Object.entries(foreign).filter(([key, value]) => !known.includes(key) && !isEmpty(value));
  return {
    document,
    lost: [
      ...others.map(([key]) => `${key}: is not carried over`),
      ...parts.flatMap(({ lost }) => (lost === undefined ? [] : [lost])),
    ],
  };
}

const COMMON_KEYS = ["version", "type", "ephemeralSettings", "modelParams", "contextLimit"];
const MODEL_KEYS = [...COMMON_KEYS, "provider", "model"];
const BALANCER_KEYS = [...COMMON_KEYS, "policy", "profiles", "backends"];

function balancerOf(foreign: JsonObject): JsonObject {
  return {
    ...given("policy", foreign["policy"]),
    ...given("profiles", foreign["profiles"] ?? foreign["backends"]),
  };
}

function modelOf(foreign: JsonObject, ephemeral: JsonObject, backends: readonly Backend[]): JsonObject {
  const address = ephemeral["base-url"];
  const { provider } = foreign;
  const backend =
    typeof address === "string" && address !== ""
      ? backendAt(address, backends)
      : typeof provider === "string"
        ? (BACKEND_OF.get(provider) ?? provider)
        : undefined;
  return { ...given("backend", backend), ...given("model", foreign["model"]) };
}

/** Providers that have another name here. */
const BACKEND_OF: ReadonlyMap<string, string> = new Map([
  ["gemini", "google"],
  ["lm-studio", "lmstudio"],
  ["llama-cpp", "llamacpp"],
]);

function backendAt(address: string, backends: readonly Backend[]): string {
  const url = baseUrl(address, "base-url");
  const found = backends.find((backend) => backend.url === url);
  if (found !== undefined) return found.name;
  throw new Problem(
    "not-found",
    "backend_not_found",
    `the profile names the address ${url}, and no backend has it`,
    `add it first: nexus backend add ${url}`,
  );
}

/** What becomes of one ephemeral setting. */
interface Part {
  readonly params?: JsonObject;
  readonly settings?: JsonObject;
  readonly lost?: string;
}

function partOf(key: string, value: Json, isBalancer: boolean): Part {
  if (["base-url", "context-limit"].includes(key) || isEmpty(value)) return {};
  if (key === "streaming")
    return value === "disabled" || value === false ? { params: { stream: false } } : {};
  const param = PARAM_OF.get(key) ?? key;
  if (isSendable(param, [])) return { params: { [param]: value } };
  const row = isBalancer ? settingRow(SETTING_OF.get(key) ?? key) : undefined;
  if (row !== undefined && settingAllows(row, value)) return { settings: { [row.name]: value } };
  if (key.startsWith("auth-")) return { lost: `${key}: keys are not carried over: nexus key set BACKEND` };
  return { lost: `${key}: is not carried over` };
}

/** Settings that have another name here. */
const SETTING_OF: ReadonlyMap<string, string> = new Map([
  ["lb_circuit_breaker_threshold", "circuit_breaker_failure_threshold"],
  ["lb_circuit_breaker_timeout_ms", "circuit_breaker_recovery_timeout_ms"],
]);

/** Request parameters that have another name here. */
const PARAM_OF: ReadonlyMap<string, string> = new Map([
  ["reasoning.effort", "reasoning_effort"],
  ["maxOutputTokens", "max_tokens"],
  ["maxTokens", "max_tokens"],
]);

function mergedAt(key: "params" | "settings", parts: readonly Part[]): JsonObject {
  return Object.fromEntries(parts.flatMap((part) => Object.entries(part[key] ?? {})));
}

function objectAt(document: JsonObject, key: string): JsonObject {
  const value = document[key];
  return isJsonObject(value) ? value : {};
}

function given(key: string, value: Json | undefined): JsonObject {
  return value === undefined ? {} : { [key]: value };
}

function nonEmpty(key: string, value: JsonObject): JsonObject {
  return isEmpty(value) ? {} : { [key]: value };
}

function isEmpty(value: Json): boolean {
  if (value === null || value === "") return true;
  return isJsonObject(value) && Object.keys(value).length === 0;
}
