import { isDeepStrictEqual } from "node:util";
import type { DiscoverySettings, HealthSettings } from "../config/schema.ts";
import type { Backend } from "../core/backend.ts";
import type { Catalog, FindModels, ListModels, ModelIndex } from "../core/ports.ts";
import type { Browse } from "./browse.ts";
import { type Discovery, startDiscovery } from "./discovery.ts";
import { type HealthDeps, startHealth } from "./health.ts";
import { createRegistry, type Registry } from "./registry.ts";

/** What a registry is to hold. */
export interface RegistryInput {
  readonly catalog: Catalog;
  readonly health: HealthSettings;
  readonly discovery: DiscoverySettings;
}

/** What a running registry needs of the world. */
export interface RegistryDeps extends Pick<HealthDeps, "list" | "probe" | "clock" | "chance" | "bug"> {
  /** Lists of models for requests that come before a first check is over. */
  readonly listModels: ListModels;
  readonly browse: Browse;
  readonly warn: (message: string) => void;
}

/** The backends of a running server, looked after until it stops. */
export interface RunningRegistry {
  /** Also `loadOf` and `hearAttempt` for the engine, `drain` and `resume` for people. */
  readonly registry: Registry;
  /** What the configuration says, with what was found on the network. It follows `reload`. */
  readonly catalog: Catalog;
  readonly findModels: FindModels;
  /**
   * Makes another configuration hold. A backend that is the same in both keeps everything that is known of it; one that
   * changed starts as unknown, and keeps draining; one that is gone serves nothing more.
   */
  reload(next: RegistryInput): Promise<void>;
  /** Resolves when no timer, request or socket is left. */
  stop(): Promise<void>;
}

/** Longest wait for lists of models on behalf of one request, in milliseconds. */
const LIST_MS = 2_000;

/** Registers the backends of a configuration and starts what looks after them. */
export async function runRegistry(input: RegistryInput, deps: RegistryDeps): Promise<RunningRegistry> {
  const registry = createRegistry({ now: deps.clock.now, warn: deps.warn });
  let current = input;
  let stopHealth: () => Promise<void> = async () => {};
  let discovery: Discovery | undefined;
  let turn: Promise<unknown> = Promise.resolve();

  const startChecks = () => {
    stopHealth = startHealth({ ...deps, registry, settings: current.health });
  };
  const startSearch = async () => {
    if (current.discovery.enabled) {
      discovery = await startDiscovery({ ...deps, registry, settings: current.discovery });
    }
  };
  const endSearch = async () => {
    await discovery?.stop();
    discovery = undefined;
  };

  async function apply(next: RegistryInput): Promise<void> {
    const before = current;
    current = next;
    put(registry, next.catalog.backends);
    if (!isDeepStrictEqual(before.health, next.health)) {
      await stopHealth();
      if (!next.health.enabled) forgetHealth(registry);
      startChecks();
    }
    if (isDeepStrictEqual(before.discovery, next.discovery)) return discovery?.settle();
    await endSearch();
    await startSearch();
  }

  put(registry, input.catalog.backends);
  startChecks();
  await startSearch();
  return {
    registry,
    catalog: liveCatalog(registry, () => current.catalog),
    findModels: liveModels(registry, deps.listModels),
    reload: (next) => {
      const mine = turn.then(() => apply(next));
      turn = mine.catch(() => {});
      return mine;
    },
    async stop() {
      await turn;
      await Promise.all([stopHealth(), endSearch()]);
    },
  };
}

/** Makes these the backends of the configuration, in this order. What was found on the network makes way. */
function put(registry: Registry, backends: readonly Backend[]): void {
  const names = backends.map(({ name }) => name);
  const wanted = new Map(backends.map((backend) => [backend.name, backend]));
  const draining = new Set<string>();
  for (const live of registry.all()) {
    const { name } = live.backend;
    if (live.leaving || (live.source === "mdns" && !wanted.has(name))) continue;
    if (isDeepStrictEqual(live.backend, wanted.get(name))) {
      wanted.delete(name);
      continue;
    }
    if (live.status === "draining" && live.source !== "mdns") draining.add(name);
    registry.retire(name);
  }
  for (const backend of wanted.values()) registry.add(backend, { draining: draining.has(backend.name) });
  registry.arrange(names);
}

/** What nobody checks any more, nobody would find well again. */
function forgetHealth(registry: Registry): void {
  for (const { backend, leaving } of registry.all()) {
    if (!leaving) registry.updateStatus(backend.name, "unknown", "not checked");
  }
}

function liveCatalog(registry: Registry, configured: () => Catalog): Catalog {
  const present = () => registry.all().filter(({ leaving }) => !leaving);
  return {
    get backends() {
      return present().map(({ backend }) => backend);
    },
    backend(name) {
      const live = registry.get(name);
      return live === undefined || live.leaving ? configured().backend(name) : live.backend;
    },
    profile: (name) => configured().profile(name),
    hasProfile: (name) => configured().hasProfile(name),
    profileNames: () => configured().profileNames(),
  };
}

/** The registry's own index. Only before the first checks are over, a name that is in no list is worth a question. */
function liveModels(registry: Registry, listModels: ListModels): FindModels {
  const unlisted = () => [...registry.unlisted()].filter(({ status }) => status === "unknown");
  const index: ModelIndex = {
    serving: registry.serving,
    names: registry.modelNames,
    get silent() {
      return [...registry.unlisted()].filter(({ leaving }) => !leaving).map(({ backend }) => backend.name);
    },
  };
  return (until) => {
    if (unlisted().length === 0) return index;
    return {
      serving: index.serving,
      names: index.names,
      silent: index.silent,
      async again() {
        const signal = AbortSignal.any([AbortSignal.timeout(LIST_MS), until]);
        await Promise.all(
          unlisted().map(async (live) => {
            const list = await listModels(live.backend, signal);
            const { name } = live.backend;
            if (live.models === undefined && registry.get(name) === live) {
              registry.updateModels(name, list?.models);
            }
          }),
        );
        return index;
      },
    };
  };
}
