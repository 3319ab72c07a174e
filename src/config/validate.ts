import type { BackendRecord } from "../backends/record.ts";
import { resolveBackend } from "../backends/resolve.ts";
import type { Backend } from "../core/backend.ts";
import type { JsonObject } from "../core/json.ts";
import type { PriceTable } from "../core/money.ts";
import { Problem } from "../core/problem.ts";
import type { RoutingRules } from "../core/routing.ts";
import type { Settings } from "../core/settings.ts";
import { check } from "./check.ts";
import { forbidden } from "./forbidden.ts";
import { formatPath } from "./key-path.ts";
import { nameFault } from "./names.ts";
import { pricingWarnings, readPricing } from "./pricing.ts";
import { aliasFault, readRouting, routingWarnings } from "./routing.ts";
import {
  type ChatSettings,
  CONFIG,
  type DiscoverySettings,
  type HealthSettings,
  type SessionSettings,
} from "./schema.ts";
import type { ServerRecord } from "./server.ts";
import { readSettings } from "./settings.ts";

/** What `config.json` says, checked. */
export interface ConfigFile {
  readonly backends: ReadonlyMap<string, Backend>;
  readonly presets?: boolean;
  readonly defaultProfile?: string;
  readonly pricing: PriceTable;
  readonly routing: RoutingRules;
  readonly server: ServerRecord;
  readonly health?: HealthSettings;
  readonly discovery?: DiscoverySettings;
  readonly sessions?: SessionSettings;
  readonly chat?: ChatSettings;
  readonly routingSettings: Settings;
  readonly warnings: readonly string[];
}

/** Checks the whole configuration. Throws a `Problem` that names the file and key of the first fault. */
export function checkConfig(document: JsonObject, file: string): ConfigFile {
  const wrong = forbidden(document);
  if (wrong !== undefined) throw fault("config_forbidden", file, wrong.message, wrong.hint);
  const { data, faults, warnings } = check(CONFIG, document);
  const [first] = faults;
  if (data === undefined || first !== undefined) throw fault("config_invalid", file, first ?? "is not valid");
  const endless = aliasFault(data);
  if (endless !== undefined) throw fault("alias_endless", file, endless);
  const settings = readSettings(data.routing?.settings, "routing.settings");
  const backends = new Map(
    Object.entries(data.backends ?? {}).map(([name, record]) => [name, backendOf(name, record, file)]),
  );
  const pricing = data.pricing ?? {};
  return {
    backends,
    ...(data.presets === undefined ? {} : { presets: data.presets }),
    ...(data.default_profile === undefined ? {} : { defaultProfile: data.default_profile }),
    pricing: readPricing(pricing),
    routing: readRouting(data),
    server: data.server ?? {},
    ...(data.health === undefined ? {} : { health: data.health }),
    ...(data.discovery === undefined ? {} : { discovery: data.discovery }),
    ...(data.sessions === undefined ? {} : { sessions: data.sessions }),
    ...(data.chat === undefined ? {} : { chat: data.chat }),
    routingSettings: settings.settings,
    warnings: [
      ...warnings,
      ...settings.warnings,
      ...routingWarnings(data),
      ...pricingWarnings(pricing, backends.keys()),
    ].map((text) => `${file}: ${text}`),
  };
}

function backendOf(name: string, record: BackendRecord, file: string): Backend {
  const wrong = nameFault(name);
  if (wrong !== undefined)
    throw fault("backend_name_invalid", file, `${formatPath(["backends", name])}: ${wrong}`);
  try {
    return resolveBackend(name, record, "configured");
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    throw fault(error.code, file, error.message, error.hint);
  }
}

function fault(code: string, file: string, message: string, hint?: string): Problem {
  return new Problem("config", code, `${file}: ${message}`, hint);
}
