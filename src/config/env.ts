import { PRESETS } from "../backends/presets.ts";
import type { JsonObject } from "../core/json.ts";
import type { Settings } from "../core/settings.ts";
import { check } from "./check.ts";
import { jsonOrText } from "./json-or-text.ts";
import { type KeyPath, withValue } from "./key-path.ts";
import type { RoutingRecord } from "./routing.ts";
import { ROUTING, SERVER } from "./schema.ts";
import { SECTION_KEYS, type StatedSections, sectionsFromEnvironment } from "./sections.ts";
import type { ServerRecord } from "./server.ts";
import { statedSettings } from "./settings.ts";
import { SETTINGS } from "./settings-table.ts";

/** An environment variable that nexus reads. */
export interface EnvironmentRow {
  readonly name: string;
  readonly meaning: string;
}

const OWN: readonly EnvironmentRow[] = [
  { name: "NEXUS_PROFILE", meaning: "profile to chat through when none is named; wins over default_profile" },
  { name: "NEXUS_CONFIG_DIR", meaning: "configuration directory; --config-dir wins over it" },
  { name: "NEXUS_STATE_DIR", meaning: "directory of state: shared facts, history of requests, model lists" },
  { name: "NEXUS_NO_DETECT", meaning: "1: do not look for local servers on their default ports" },
  {
    name: "NEXUS_KEYRING",
    meaning: "file: `key set` keeps keys in the 0600 file, not in the system's keyring",
  },
  { name: "NEXUS_DEBUG", meaning: "1: show the stack of an internal error" },
];

/** Keys below `routing`, beside its settings. */
const ROUTING_ROWS: readonly { variable: string; path: KeyPath; meaning: string }[] = [
  {
    variable: "NEXUS_ROUTING_STRATEGY",
    path: ["strategy"],
    meaning: "how the backends of one model are ordered",
  },
  {
    variable: "NEXUS_ROUTING_CAPACITY_WAIT_MS",
    path: ["capacity_wait_ms"],
    meaning: "longest wait for a backend when every one is at capacity",
  },
  ...["priority", "load", "latency"].map((weight) => ({
    variable: `NEXUS_ROUTING_WEIGHTS_${weight.toUpperCase()}`,
    path: ["weights", weight],
    meaning: `what the ${weight} counts for the strategy smart`,
  })),
];

/** Keys below `server` that are single values. */
const SERVER_ROWS: readonly { variable: string; path: KeyPath; meaning: string }[] = [
  ["host", "address that `nexus serve` listens on"],
  ["port", "port that it listens on"],
  ["access_token_env", "name of the variable that holds the access token clients have to send"],
  ["max_body_bytes", "largest request"],
  ["max_in_flight", "most requests at the same time"],
  [
    "max_loop_delay_ms",
    "delay of its event loop beyond which it takes no new requests while eight or more are under way; 0: none",
  ],
  ["drain_ms", "time that requests under way get when the server goes down"],
].map(([key = "", meaning = ""]) => ({
  variable: `NEXUS_SERVER_${key.toUpperCase()}`,
  path: [key],
  meaning,
}));

const KEYS: readonly EnvironmentRow[] = [
  { name: "NEXUS_DEFAULT_PROFILE", meaning: "the key default_profile" },
  { name: "NEXUS_PRESETS", meaning: "the key presets: true or false" },
  ...ROUTING_ROWS.map(({ variable, path, meaning }) => ({
    name: variable,
    meaning: `the key routing.${path.join(".")}: ${meaning}`,
  })),
  ...SERVER_ROWS.map(({ variable, path, meaning }) => ({
    name: variable,
    meaning: `the key server.${path.join(".")}: ${meaning}`,
  })),
  ...SECTION_KEYS.flatMap(({ section, name, variable, meaning }) =>
    variable === undefined ? [] : [{ name: variable, meaning: `the key ${section}.${name}: ${meaning}` }],
  ),
  ...SETTINGS.map(({ name, meaning }) => ({
    name: variableOf(name),
    meaning: `the key routing.settings.${name}: ${meaning}`,
  })),
];

const OTHERS: readonly EnvironmentRow[] = [
  {
    name: "HTTPS_PROXY",
    meaning: "proxy for https backends; loopback and restricted backends are never proxied",
  },
  { name: "HTTP_PROXY", meaning: "proxy for http backends" },
  { name: "NO_PROXY", meaning: "hosts that are reached without a proxy" },
  { name: "NODE_EXTRA_CA_CERTS", meaning: "file of further certificate authorities, read by Node.js" },
  { name: "OLLAMA_HOST", meaning: "where to look for a local Ollama server" },
  { name: "NO_COLOR", meaning: "not empty: no colour" },
  { name: "FORCE_COLOR", meaning: "colour also in pipes" },
  { name: "TERM", meaning: "dumb: no colour" },
  { name: "CI", meaning: "not empty: never prompt" },
  { name: "VISUAL", meaning: "editor of `profile edit` and `config edit`" },
  { name: "EDITOR", meaning: "editor where VISUAL is not set" },
  { name: "XDG_CONFIG_HOME", meaning: "parent of the configuration directory on Linux" },
  { name: "XDG_STATE_HOME", meaning: "parent of the state directory on Linux" },
];

/** Every variable nexus reads, in the order of the reference page, which is made from this table. */
export const ENVIRONMENT: readonly EnvironmentRow[] = [
  ...OWN,
  ...Object.entries(PRESETS).flatMap(([backend, { env }]) =>
    env.map((name) => ({ name, meaning: `key of the backend ${backend}` })),
  ),
  ...OTHERS,
  ...KEYS,
];

/** What the environment says of keys that `config.json` has too. */
export interface StatedByEnvironment {
  readonly presets?: boolean;
  readonly defaultProfile?: string;
  readonly routing: RoutingRecord;
  readonly server?: ServerRecord;
  readonly routingSettings: Partial<Settings>;
  readonly sections: StatedSections;
  readonly warnings: readonly string[];
}

/**
 * Reads `NEXUS_PROFILE` and `NEXUS_<SECTION>_<KEY>`. An empty variable is an unset one; one that cannot be read is a
 * warning that names it.
 */
export function configFromEnvironment(
  env: Readonly<Record<string, string | undefined>>,
): StatedByEnvironment {
  const defaultProfile = env["NEXUS_PROFILE"] || env["NEXUS_DEFAULT_PROFILE"];
  const presets = env["NEXUS_PRESETS"] || undefined;
  const stated = SETTINGS.flatMap(({ name }) => {
    const value = env[variableOf(name)] || undefined;
    return value === undefined ? [] : [[name, jsonOrText(value)] as const];
  });
  const { settings, warnings } = statedSettings(Object.fromEntries(stated), variableOf, () => "ignored");
  const routing = sectionFromEnvironment(env, ROUTING_ROWS, (more) => check(ROUTING, more));
  const server = sectionFromEnvironment(env, SERVER_ROWS, (more) => check(SERVER, more));
  const sections = sectionsFromEnvironment(env);
  const readable = presets === undefined || presets === "true" || presets === "false";
  return {
    ...(presets === undefined || !readable ? {} : { presets: presets === "true" }),
    ...(defaultProfile ? { defaultProfile } : {}),
    routing: routing.data ?? {},
    ...(server.data === undefined ? {} : { server: server.data }),
    routingSettings: settings,
    sections: sections.stated,
    warnings: [
      ...(readable ? [] : ["NEXUS_PRESETS: has to be true or false, ignored"]),
      ...routing.warnings,
      ...server.warnings,
      ...sections.warnings,
      ...warnings,
    ],
  };
}

/** What the variables of one section say, each checked by itself. */
function sectionFromEnvironment<T>(
  env: Readonly<Record<string, string | undefined>>,
  rows: readonly { variable: string; path: KeyPath }[],
  checkSection: (document: JsonObject) => { data?: T | undefined; faults: readonly string[] },
): { data: T | undefined; warnings: readonly string[] } {
  let document: JsonObject = {};
  let data: T | undefined;
  const warnings: string[] = [];
  for (const { variable, path } of rows) {
    const value = env[variable] || undefined;
    if (value === undefined) continue;
    const more = withValue(document, path, jsonOrText(value));
    const checked = checkSection(more);
    const [fault] = checked.faults;
    if (checked.data === undefined || fault !== undefined) {
      warnings.push(`${variable}: ${(fault ?? "").replace(/^[^:]*: /, "")}, ignored`);
    } else {
      document = more;
      data = checked.data;
    }
  }
  return { data, warnings };
}

function variableOf(setting: string): string {
  return `NEXUS_ROUTING_SETTINGS_${setting.toUpperCase()}`;
}
