import * as z from "zod/mini";
import { TYPE_NAMES } from "../backends/types.ts";
import { DIALECT_NAMES } from "../core/backend.ts";
import { POLICIES } from "../core/profile.ts";
import { STRATEGIES } from "../core/routing.ts";
import { settingSchema } from "./settings.ts";
import { SETTINGS } from "./settings-table.ts";

// Every text given to a schema here says what is allowed; `check.ts` makes it `… has to be {text}`. An object's text
// is the list of its keys instead, for the nearest one to an unknown key.

const text = () => z.string("a text").check(z.minLength(1, "a text that is not empty"));

function whole(min: number, max: number, allowed = `a whole number from ${min} to ${max}`) {
  return z.int(allowed).check(z.gte(min, allowed), z.lte(max, allowed));
}

function oneOf<const T extends readonly string[]>(values: T) {
  const allowed = values.map((value) => `"${value}"`);
  return z.enum(values, allowed.length > 2 ? `one of ${allowed.join(", ")}` : allowed.join(" or "));
}

function object<T extends Readonly<Record<string, z.ZodMiniType>>>(shape: T) {
  const keys = Object.keys(shape).join(" ");
  return z.strictObject(shape, {
    error: (issue) => (issue.code === "unrecognized_keys" ? keys : "an object"),
  });
}

const tokens = () => whole(1, Number.MAX_SAFE_INTEGER, "a whole number of tokens above 0");
const milliseconds = () => whole(1, 86_400_000, "a whole number of milliseconds above 0, a day at most");
const zone = () => oneOf(["restricted", "open"]);
const tier = () => whole(0, 5);
const schemaLink = z.optional(text());

const flag = () => z.boolean("true or false");

const probe = object({ model: text(), per_day: whole(1, 1440) });

const model = object({
  id: text(),
  context_length: z.optional(tokens()),
  max_output_tokens: z.optional(tokens()),
  capabilities: z.optional(z.array(oneOf(["vision", "tools", "json"]), "a list of capabilities")),
});

const backend = object({
  type: oneOf(TYPE_NAMES),
  url: z.optional(text()),
  dialect: z.optional(oneOf(DIALECT_NAMES)),
  api_key_env: z.optional(text()),
  api_key_ref: z.optional(text()),
  zone: z.optional(zone()),
  tier: z.optional(tier()),
  priority: z.optional(whole(-1_000_000, 1_000_000)),
  max_concurrent: z.optional(whole(1, 1_000_000)),
  models: z.optional(
    z.array(z.union([text(), model], "the id of a model, or an object with id"), "a list of models"),
  ),
  timeouts: z.optional(
    object({
      connect_ms: z.optional(milliseconds()),
      first_content_ms: z.optional(milliseconds()),
      answer_ms: z.optional(milliseconds()),
      idle_ms: z.optional(milliseconds()),
      total_ms: z.optional(milliseconds()),
    }),
  ),
  probe: z.optional(z.union([probe, z.literal("off", '"off", or an object with model and per_day')])),
  headers: z.optional(z.record(z.string(), z.string("a text"), "an object of header names and texts")),
});

const rate = () => {
  const allowed = "a number of USD per 1000 tokens, 0 or more";
  return z.optional(z.number(allowed).check(z.gte(0, allowed)));
};

const price = object({
  input_per_1k: rate(),
  output_per_1k: rate(),
  cached_input_per_1k: rate(),
  cache_write_per_1k: rate(),
});

const prices = z.record(z.string(), price, "an object of prices by model");

const policy = object({
  match: text(),
  zone: z.optional(zone()),
  min_tier: z.optional(tier()),
  allow_fallback: z.optional(z.boolean("true or false")),
});

const weight = () => z.optional(whole(0, 100));

const routing = {
  strategy: z.optional(oneOf(STRATEGIES)),
  weights: z.optional(object({ priority: weight(), load: weight(), latency: weight() })),
  capacity_wait_ms: z.optional(whole(0, 86_400_000)),
};

/** What stands below `routing` beside its settings; the environment can state it too. */
export const ROUTING = object(routing);
/** `health` of `config.json`: how a server looks after its backends. */
export const HEALTH = object({
  enabled: key(flag(), true, "false: no backend is checked; all stay unknown, which may serve"),
  interval_ms: key(milliseconds(), 30_000, "time between two checks of one backend, in milliseconds"),
  timeout_ms: key(milliseconds(), 5_000, "longest wait for a check, in milliseconds"),
  failure_threshold: key(whole(1, 1000), 3, "failed checks in a row that make a backend unhealthy"),
  recovery_threshold: key(whole(1, 1000), 2, "good checks in a row that make it healthy again"),
});

/** `health`, with every default filled in. */
export type HealthSettings = z.output<typeof HEALTH>;

const serviceType = z
  .string("a text")
  .check(z.regex(/^_[a-z0-9](?:[a-z0-9-]{0,13}[a-z0-9])?\._tcp$/, 'a service type such as "_llm._tcp"'));

/** `discovery` of `config.json`: servers that announce themselves on the local network. */
export const DISCOVERY = object({
  enabled: key(flag(), false, "true: a server uses what announces itself by mDNS"),
  service_types: key(
    z.array(serviceType, "a list of service types"),
    ["_ollama._tcp", "_llm._tcp"],
    "announcements that count",
  ),
  grace_ms: key(
    milliseconds(),
    60_000,
    "how long a server that took its leave is remembered, in milliseconds",
  ),
});

/** `discovery`, with every default filled in. */
export type DiscoverySettings = z.output<typeof DISCOVERY>;

/** `sessions` of `config.json`: conversations that are kept. */
export const SESSIONS = object({
  enabled: key(flag(), true, "false: no conversation is kept, nor what is typed at the prompt"),
});

/** `sessions`, with every default filled in. */
export type SessionSettings = z.output<typeof SESSIONS>;

/** `chat` of `config.json`: the prompt on a terminal. */
export const CHAT = object({
  markdown: key(flag(), true, "false: answers at the prompt stand there as they came, with their marks"),
});

/** `chat`, with every default filled in. */
export type ChatSettings = z.output<typeof CHAT>;

/** A key with a default and a meaning, both of which the reference tells. */
function key<T extends z.ZodMiniType>(
  schema: T,
  fallback: Parameters<typeof z._default<T>>[1],
  meaning: string,
) {
  return z._default(schema, fallback).check(z.describe(meaning));
}

/** What stands below `server`; the environment can state the single values too. */
export const SERVER = object({
  host: z.optional(text()),
  port: z.optional(whole(0, 65_535)),
  access_token_env: z.optional(text()),
  allowed_origins: z.optional(z.array(text(), "a list of origins")),
  allowed_hosts: z.optional(z.array(text(), "a list of host names")),
  max_body_bytes: z.optional(whole(1_024, 1_073_741_824)),
  max_in_flight: z.optional(whole(1, 100_000)),
  max_loop_delay_ms: z.optional(whole(0, 60_000)),
  drain_ms: z.optional(whole(0, 3_600_000)),
});

/** `config.json`. Settings are read leniently, by `settings.ts`. */
export const CONFIG = object({
  $schema: schemaLink,
  default_profile: z.optional(text()),
  presets: z.optional(z.boolean("true or false")),
  backends: z.optional(z.record(z.string(), backend, "an object of backends by name")),
  aliases: z.optional(z.record(z.string(), text(), "an object of models by alias")),
  fallbacks: z.optional(
    z.record(z.string(), z.array(text(), "a list of models"), "an object of lists of models by model"),
  ),
  policies: z.optional(z.array(policy, "a list of policies")),
  pricing: z.optional(z.record(z.string(), prices, "an object of prices by backend")),
  routing: z.optional(object({ ...routing, settings: z.optional(z.unknown()) })),
  server: z.optional(SERVER),
  health: z.optional(HEALTH),
  discovery: z.optional(DISCOVERY),
  sessions: z.optional(SESSIONS),
  chat: z.optional(CHAT),
});

const version = z.literal(1, "1");
const params = () => z.optional(z.record(z.string(), z.json(), "an object of request parameters"));

/** `profiles/<name>.json` of a model profile. */
export const MODEL_PROFILE = object({
  $schema: schemaLink,
  version,
  type: z.literal("model", '"model"'),
  backend: text(),
  model: text(),
  params: params(),
  system: z.optional(z.string("a text")),
  context_limit: z.optional(tokens()),
});

/** `profiles/<name>.json` of a load balancer. */
export const LOAD_BALANCER = object({
  $schema: schemaLink,
  version,
  type: z.literal("loadbalancer", '"loadbalancer"'),
  policy: oneOf(POLICIES),
  profiles: z
    .array(text(), "a list of names of profiles")
    .check(z.minLength(1, "a list of at least one name")),
  params: params(),
  settings: z.optional(z.unknown()),
  context_limit: z.optional(tokens()),
  zone: z.optional(zone()),
  min_tier: z.optional(tier()),
});

/** The JSON Schema of a file, made from the definition that checks it. */
export function jsonSchema(file: "config" | "profile"): unknown {
  const rows = SETTINGS.map((row) => [row.name, z.optional(settingSchema(row))] as const);
  const settings = z.optional(z.strictObject(Object.fromEntries(rows)));
  const full =
    file === "config"
      ? z.extend(CONFIG, { routing: z.optional(z.strictObject({ ...routing, settings })) })
      : z.union([MODEL_PROFILE, z.extend(LOAD_BALANCER, { settings })]);
  return { title: `nexus ${file}`, ...z.toJSONSchema(full, { io: "input" }) };
}
