import type { Backend, ModelInfo } from "../core/backend.ts";
import type { BackendLoad, HearAttempt, LoadOf, Serving } from "../core/ports.ts";
import { BackendNotFound, DuplicateBackend } from "./errors.ts";
import {
  addLatency,
  endPending,
  type Facts,
  type Health,
  type LiveBackend,
  newBackend,
  type Source,
} from "./live-backend.ts";
import { createServed } from "./served.ts";

/** Who wants to know which backends there are. Called after the change. */
export interface RegistryListener {
  added(live: LiveBackend): void;
  removed(live: LiveBackend): void;
}

/**
 * The backends of a running server by name, with what is known of each. Where nothing else is said, an unknown name is a
 * `BackendNotFound`.
 */
export interface Registry {
  /** Throws `DuplicateBackend`. `draining`: it gets no requests from the start. */
  add(
    backend: Backend,
    how?: {
      readonly source?: Source;
      readonly metadata?: Readonly<Record<string, string>>;
      readonly draining?: boolean;
    },
  ): LiveBackend;
  get(name: string): LiveBackend | undefined;
  /** At once, whatever is under way. */
  remove(name: string): void;
  /** At once when it is idle; else it gets no further requests, and is gone when its last one is over. */
  retire(name: string): void;
  /** In the order in which they were added, or put by `arrange`; those that are leaving last. */
  all(): readonly LiveBackend[];
  count(): number;
  /** Those whose checks say so; neither unknown nor draining ones. */
  healthy(): readonly LiveBackend[];
  /** Backends that list a model, whatever their status, in the order of `all`. Those that are leaving serve nothing. */
  byModel(model: string): readonly LiveBackend[];
  /** The same, with what each says of the model. */
  serving(model: string): readonly Serving[];
  /** Those whose lists of models have not come. */
  unlisted(): Iterable<LiveBackend>;
  /** Every name that a model can be asked for by. */
  modelNames(): Iterable<string>;
  /** Different models of all backends. */
  modelCount(): number;
  /** What a check found, now. A reason is kept until the backend is healthy. A draining backend stays one. */
  updateStatus(name: string, health: Health, reason?: string): void;
  /** Replaces the whole list. Undefined: it does not come, so that its usual models stand in where it never came. */
  updateModels(name: string, models: readonly ModelInfo[] | undefined): void;
  /** No further requests, until `resume`. */
  drain(name: string): void;
  /** What its last check found holds again. */
  resume(name: string): void;
  /** Returns how many requests are under way now. */
  incrementPending(name: string): number;
  /** Returns how many are left; below 0 there is a warning instead. */
  decrementPending(name: string): number;
  recordLatency(name: string, ms: number): void;
  /**
   * A request and its end in one. It belongs to the backend it went to, whatever has its name when it ends. A success
   * makes an unknown backend healthy; nothing else here changes a status. An unknown name is nobody's request.
   */
  readonly hearAttempt: HearAttempt;
  readonly loadOf: LoadOf;
  /** Puts these first, in this order. */
  arrange(names: readonly string[]): void;
  /** Returns what ends it. */
  listen(listener: RegistryListener): () => void;
}

/** How a backend does of which nobody knows anything. */
const IDLE: BackendLoad = { pending: 0, latencyMs: 0, status: "unknown" };

/** An empty registry. `now`: milliseconds since 1970. */
export function createRegistry(deps: { now: () => number; warn: (message: string) => void }): Registry {
  let backends = new Map<string, Facts>();
  const served = createServed<Facts>();
  const listeners = new Set<RegistryListener>();
  const unlisted = new Set<Facts>();
  /** Who serves a model, in order, until anything about that changes. */
  const ordered = new Map<string, readonly (Serving & { readonly live: Facts })[]>();
  let lastRank = 0;

  function find(name: string): Facts {
    const facts = backends.get(name);
    if (facts === undefined) throw new BackendNotFound(name);
    return facts;
  }

  function forget(facts: Facts): void {
    if (backends.get(facts.backend.name) === facts) backends.delete(facts.backend.name);
    unlisted.delete(facts);
    if (facts.leaving) return;
    ordered.clear();
    served.drop(facts);
    for (const { removed } of [...listeners]) removed(facts);
  }

  function setModels(facts: Facts, models: readonly ModelInfo[]): void {
    facts.models = models;
    unlisted.delete(facts);
    if (facts.leaving) return;
    ordered.clear();
    served.put(facts, models);
  }

  /** Whose own list does not come. They stay unlisted. */
  function setUsual(facts: Facts): void {
    if (facts.models !== undefined || facts.leaving || facts.backend.usualModels.length === 0) return;
    ordered.clear();
    served.put(facts, facts.backend.usualModels);
  }

  function begin(facts: Facts): number {
    facts.requests++;
    return ++facts.pending;
  }

  function finish(facts: Facts): number {
    if (!endPending(facts)) deps.warn(`backend ${facts.backend.name}: a request ended that had not begun`);
    if (facts.leaving && facts.pending === 0) forget(facts);
    return facts.pending;
  }

  function inOrder(model: string): readonly (Serving & { readonly live: Facts })[] {
    const known = ordered.get(model);
    if (known !== undefined) return known;
    const found = [...served.by(model)]
      .toSorted(([a], [b]) => a.rank - b.rank)
      .map(([live, info]) => ({ live, backend: live.backend, info }));
    // Anybody may ask for names that nobody serves.
    if (found.length > 0) ordered.set(model, found);
    return found;
  }

  return {
    add(backend, { source = "static", metadata = {}, draining = false } = {}) {
      const { name } = backend;
      if (backends.get(name)?.leaving === false) throw new DuplicateBackend(name);
      const facts = newBackend(backend, source, metadata);
      facts.draining = draining;
      facts.rank = ++lastRank;
      backends.delete(name);
      backends.set(name, facts);
      if (facts.models === undefined) unlisted.add(facts);
      else setModels(facts, facts.models);
      for (const { added } of [...listeners]) added(facts);
      return facts;
    },
    get: (name) => backends.get(name),
    remove: (name) => forget(find(name)),
    retire(name) {
      const facts = find(name);
      forget(facts);
      if (facts.pending === 0) return;
      facts.leaving = true;
      backends.set(name, facts);
    },
    all: () => [...backends.values()],
    count: () => backends.size,
    healthy: () => [...backends.values()].filter(({ status }) => status === "healthy"),
    byModel: (model) => inOrder(model).map(({ live }) => live),
    serving: inOrder,
    unlisted: () => unlisted,
    modelNames: () => served.names(),
    modelCount: () => served.count(),
    updateStatus(name, health, reason) {
      const facts = find(name);
      facts.health = health;
      facts.checkedAt = deps.now();
      facts.error = health === "healthy" ? undefined : (reason ?? facts.error);
    },
    updateModels: (name, models) =>
      models === undefined ? setUsual(find(name)) : setModels(find(name), models),
    drain(name) {
      find(name).draining = true;
    },
    resume(name) {
      find(name).draining = false;
    },
    incrementPending: (name) => begin(find(name)),
    decrementPending: (name) => finish(find(name)),
    recordLatency: (name, ms) => addLatency(find(name), ms),
    loadOf: (name) => backends.get(name) ?? IDLE,
    hearAttempt(name) {
      const facts = backends.get(name);
      if (facts === undefined) return () => {};
      begin(facts);
      return ({ success, latencyMs }) => {
        finish(facts);
        if (latencyMs !== undefined) addLatency(facts, latencyMs);
        if (!success || facts.health !== "unknown") return;
        facts.health = "healthy";
        facts.error = undefined;
      };
    },
    arrange(names) {
      const first = new Set(names.flatMap((name) => backends.get(name) ?? []));
      backends = new Map([...first, ...backends.values()].map((facts) => [facts.backend.name, facts]));
      ordered.clear();
      for (const facts of backends.values()) facts.rank = ++lastRank;
    },
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
