import type { Configuration } from "../config/load.ts";
import type { Paths } from "../config/paths.ts";
import type { ProfileSet } from "../config/profiles.ts";
import type { JsonObject } from "../core/json.ts";
import type { PriceTable } from "../core/money.ts";
import type { Catalog, CostOf, FindKey, FindModels, Ledger, ListModels, StateStore } from "../core/ports.ts";
import { madeOnce, withSoon } from "../core/soon.ts";
import type { Warn } from "../database/guard.ts";
import type { Engine } from "../engine/engine.ts";
import type { LedgerFile } from "../ledger/open.ts";
import type { RunningRegistry } from "../registry/run-registry.ts";
import type { SyncedStore } from "../state/synced.ts";
import type { Upstream } from "../upstream/upstream.ts";
import type { App, CommandContext } from "./app.ts";
import { withNamesFile } from "./completion/model-names.ts";
import { bugTeller, warn } from "./output/print.ts";

/** Everything a command may need of the rooms below, wired once. */
export interface World {
  readonly configuration: Configuration;
  readonly profiles: ProfileSet;
  readonly catalog: Catalog;
  readonly upstream: Upstream;
  readonly findKey: FindKey;
  readonly listModels: ListModels;
  readonly findModels: FindModels;
  readonly costOf: CostOf;
  readonly state: StateStore;
  readonly engine: Engine;
  /** Only in a process that lasts: its backends, looked after. */
  readonly running: RunningRegistry | undefined;
  /**
   * Reads configuration and profiles again; from now on they hold, and runs that began keep what they began with. Throws
   * a `Problem`, and everything stays as it was, when something in them is broken or `accept` throws one.
   */
  reload(accept: (next: Configuration) => void): Promise<void>;
  /** Makes this process know what others changed, and them what it did. */
  synchronise(): Promise<void>;
  /** Closes connections and stores. */
  close(): Promise<void>;
}

/** Where the files of this run are. Throws a `Problem` where no directory is known. */
export async function findPaths({ app, globals: { configDir } }: CommandContext): Promise<Paths> {
  const { resolvePaths } = await import("../config/paths.ts");
  return resolvePaths(configDir === undefined ? {} : { configDir }, app.env);
}

/** Reads the configuration and says once what is doubtful in it. Throws `Problem` when it is broken. */
export async function openConfiguration(context: CommandContext): Promise<Configuration> {
  const [paths, { loadConfiguration }] = await Promise.all([findPaths(context), import("../config/load.ts")]);
  const configuration = await loadConfiguration(paths, context.app.env);
  for (const warning of configuration.warnings) warn(context, warning);
  return configuration;
}

/**
 * Wires the rooms for a command that asks backends. Local servers on their usual ports are looked for, while no backend
 * is configured, with `detect` or when a profile names a backend that nothing else explains. A world that is `lasting`
 * looks after its backends until it is closed.
 */
export async function openWorld(
  context: CommandContext,
  options: {
    readonly detect?: boolean /** For a process that lives long. */;
    readonly lasting?: boolean;
    /** A profile that is not saved yet. */
    readonly draft?: { readonly name: string; readonly document: JsonObject };
  } = {},
): Promise<World> {
  const { app } = context;
  const [
    firstConfiguration,
    { loadProfiles, withDraft },
    { createUpstream },
    { createFindKey },
    { askModels },
    { cachedLists },
    { findModelsBy },
    { openCatalog },
    { presetBackend },
    { createEngine },
    { countSlots },
    { openState },
  ] = await Promise.all([
    openConfiguration(context),
    import("../config/profiles.ts"),
    import("../upstream/upstream.ts"),
    import("../secrets/keys.ts"),
    import("../registry/list-models.ts"),
    import("../registry/cached-lists.ts"),
    import("../registry/find-models.ts"),
    import("../registry/catalog.ts"),
    import("../backends/presets.ts"),
    import("../engine/create.ts"),
    import("../engine/slots.ts"),
    import("../state/open.ts"),
  ]);
  const { paths } = firstConfiguration;
  const upstream = createUpstream({ env: app.env, clock: app.clock });
  const findKeyNow = createFindKey({
    env: app.env,
    paths,
    warn: (message) => warn(context, message),
  });
  const findKey = options.lasting
    ? (await import("../secrets/remembered-keys.ts")).rememberKeys(findKeyNow, app.clock)
    : findKeyNow;
  const warnOfState = oncePerPlace((message) => warn(context, message));
  const shared = openState(paths.stateDir, warnOfState);
  const synced = options.lasting ? await keptInStep(shared, app) : undefined;
  const state = withNamesFile(synced ?? shared, paths.stateDir, app.pid);
  const listModels = cachedLists(async (backend, signal) => {
    const listing = await askModels(upstream, findKey, backend, signal);
    return listing.ok ? listing.models : undefined;
  }, state);
  let configuration = firstConfiguration;
  const saved = await loadProfiles(paths);
  const { draft } = options;
  let profiles = draft === undefined ? saved : withDraft(saved, paths, draft.name, draft.document);
  const isKnown = (backend: string) =>
    configuration.backends.has(backend) ||
    (configuration.presetsEnabled && presetBackend(backend) !== undefined);
  const detect =
    options.detect ||
    profiles.names().some((name) => {
      const found = profiles.lookup(name);
      return found.found && found.profile.type === "model" && !isKnown(found.profile.backend);
    });
  const probe = detect
    ? { probe: async () => (await import("../registry/detect.ts")).detectServers(upstream.get, app.env) }
    : {};
  const named = await openCatalog({ configuration, profiles, env: app.env, ...probe });
  const ledger = lazyLedger(async () => {
    const { openLedger } = await import("../ledger/open.ts");
    const file = openLedger(paths.stateDir, warnOfState);
    return options.lasting ? written(file, context) : file;
  });
  let running: RunningRegistry | undefined;
  if (options.lasting) {
    const { lookAfter } = await import("./look-after.ts");
    const rooms = { catalog: named, configuration, upstream, findKey, listModels, state };
    running = await lookAfter(context, rooms);
  }
  const catalog = running?.catalog ?? named;
  const findModels = running?.findModels ?? findModelsBy(catalog, listModels);
  const slots = countSlots();
  const engineOver = ({ routing, routingSettings }: Configuration, costOf: CostOf) =>
    createEngine({
      catalog,
      state,
      ledger,
      send: upstream.send,
      findModels,
      findKey,
      rules: routing,
      slots,
      // A one-off run has nothing under way but itself, and watches nobody.
      loadOf: running?.registry.loadOf ?? (() => ({ pending: 0, latencyMs: 0, status: "unknown" })),
      hearAttempt: running?.registry.hearAttempt ?? (() => () => {}),
      routingSettings,
      countTokens: async (request, model) => (await import("../tokens/count.ts")).countTokens(request, model),
      costOf,
      clock: app.clock,
      wallMs: Date.now,
      chance: app.chance,
    });
  let costOf = lazyCostOf(configuration.pricing, app);
  let engine = engineOver(configuration, costOf);
  return {
    get configuration() {
      return configuration;
    },
    get profiles() {
      return profiles;
    },
    get costOf() {
      return costOf;
    },
    get engine() {
      return engine;
    },
    catalog,
    upstream,
    findKey,
    listModels,
    findModels,
    state,
    running,
    synchronise: async () => synced?.synchronise(),
    async reload(accept) {
      const { readAgain } = await import("./read-again.ts");
      const next = await readAgain(context, { configuration, profiles });
      accept(next.configuration);
      const nextCatalog = await openCatalog({ ...next, env: app.env, ...probe });
      ({ configuration, profiles } = next);
      costOf = lazyCostOf(configuration.pricing, app);
      engine = engineOver(configuration, costOf);
      const { health, discovery } = configuration;
      await running?.reload({ catalog: nextCatalog, health, discovery });
    },
    async close() {
      await running?.stop();
      await ledger.close();
      await state.close();
      await upstream.close();
    },
  };
}

/** A server answers from memory; only round-robin turns are its own. */
async function keptInStep(shared: StateStore, { clock }: App): Promise<SyncedStore> {
  const { syncedStore } = await import("../state/synced.ts");
  return syncedStore(shared, { clock, isOwn: (key) => key.startsWith("turn:") });
}

/** A server's requests wait for no disk, nor for their place in the history. */
async function written(file: LedgerFile, context: CommandContext): Promise<Ledger> {
  const { queuedLedger } = await import("../ledger/queued.ts");
  const { clock } = context.app;
  return queuedLedger(file, { clock, warn: (message) => warn(context, message), bug: bugTeller(context) });
}

/** Prices are loaded when something has a cost. */
function lazyCostOf(pricing: PriceTable, { clock }: App): CostOf {
  const made = madeOnce(async () => {
    const { createCostOf } = await import("../pricing/cost-of.ts");
    return createCostOf(pricing, clock.now);
  });
  return (backend, model, usage) => withSoon(made(), (costOf) => costOf(backend, model, usage));
}

/** A place where nothing can be kept is one warning, however many files would be there. */
function oncePerPlace(warnOf: (text: string) => void): Warn {
  const ofThePlace: ReadonlySet<string | undefined> = new Set(["unwritable", "full", "no driver"]);
  let told = false;
  return (text, lost) => {
    if (told && ofThePlace.has(lost)) return;
    told ||= ofThePlace.has(lost);
    warnOf(text);
  };
}

/** Nobody waits for the ledger before the answer is out. */
function lazyLedger(open: () => Promise<Ledger>): Ledger {
  const opened = madeOnce(open);
  let isWanted = false;
  return {
    append(record) {
      isWanted = true;
      const ledger = opened();
      return ledger instanceof Promise ? ledger.then((its) => its.append(record)) : ledger.append(record);
    },
    async close() {
      if (isWanted) await (await opened()).close();
    },
  };
}
