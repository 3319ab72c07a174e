import type { Backend } from "../core/backend.ts";
import type { PriceTable } from "../core/money.ts";
import type { RoutingRules } from "../core/routing.ts";
import type { Settings } from "../core/settings.ts";
import { configFromEnvironment } from "./env.ts";
import { readObject } from "./parse-json.ts";
import type { Paths } from "./paths.ts";
import { withRouting } from "./routing.ts";
import {
  CHAT,
  type ChatSettings,
  DISCOVERY,
  type DiscoverySettings,
  HEALTH,
  type HealthSettings,
  SESSIONS,
  type SessionSettings,
} from "./schema.ts";
import { type ServerConfig, serverConfig } from "./server.ts";
import { checkConfig } from "./validate.ts";

/** The configuration in force: environment over file over defaults. */
export interface Configuration {
  readonly paths: Paths;
  /** Configured backends by name, in the order of the file. */
  readonly backends: ReadonlyMap<string, Backend>;
  readonly presetsEnabled: boolean;
  readonly defaultProfile?: string;
  /** What models cost, where the user says so. */
  readonly pricing: PriceTable;
  /** Aliases, fallbacks, policies, and how backends of one model are ordered. */
  readonly routing: RoutingRules;
  readonly server: ServerConfig;
  /** How a server looks after its backends. */
  readonly health: HealthSettings;
  /** Servers that announce themselves. */
  readonly discovery: DiscoverySettings;
  /** Whether conversations are kept. */
  readonly sessions: SessionSettings;
  /** The prompt on a terminal. */
  readonly chat: ChatSettings;
  /** Settings of runs without a profile. */
  readonly routingSettings: Settings;
  /** What is odd but stops nothing, each with file and key. */
  readonly warnings: readonly string[];
}

/** Reads the configuration; no file is an empty one. Throws a `Problem` of kind `config` when it is broken. */
export async function loadConfiguration(
  paths: Paths,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Configuration> {
  const file = checkConfig((await readObject(paths.configFile)) ?? {}, paths.configFile);
  const stated = configFromEnvironment(env);
  const defaultProfile = stated.defaultProfile ?? file.defaultProfile;
  return {
    paths,
    backends: file.backends,
    pricing: file.pricing,
    // Made when they are asked for: few commands do, and everybody else has to start fast.
    get health() {
      return HEALTH.parse({ ...file.health, ...stated.sections.health });
    },
    get discovery() {
      return DISCOVERY.parse({ ...file.discovery, ...stated.sections.discovery });
    },
    get sessions() {
      return SESSIONS.parse({ ...file.sessions, ...stated.sections.sessions });
    },
    get chat() {
      return CHAT.parse({ ...file.chat, ...stated.sections.chat });
    },
    presetsEnabled: stated.presets ?? file.presets ?? true,
    ...(defaultProfile === undefined ? {} : { defaultProfile }),
    routing: withRouting(file.routing, stated.routing),
    server: serverConfig(file.server, stated.server ?? {}),
    routingSettings: { ...file.routingSettings, ...stated.routingSettings },
    warnings: [...file.warnings, ...stated.warnings],
  };
}
