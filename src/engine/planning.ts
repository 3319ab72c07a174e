import { BACKEND_TYPES } from "../backends/types.ts";
import { mayPassOn, zoneOf } from "../backends/zone.ts";
import type { BackendType } from "../core/backend.ts";
import type { Gap } from "../core/chat.ts";
import { DEFAULT_SETTINGS, type Settings } from "../core/settings.ts";
import { type Soon, withSoon } from "../core/soon.ts";
import { expandModel, expandProfile } from "../routing/expand.ts";
import type { Tokens } from "../routing/filters/index.ts";
import { makePlan } from "../routing/make-plan.ts";
import { bindingPolicies, tightened } from "../routing/name-policies.ts";
import type { Candidate, Plan, Refusal, Requirement } from "../routing/plan.ts";
import { requirementOf } from "../routing/requirements.ts";
import { ORDER_BACKENDS } from "../routing/strategies/index.ts";
import type { Target } from "../routing/target.ts";
import { gapsFinder } from "./carriage.ts";
import { countWhereNeeded } from "./counting.ts";
import type { EngineDeps, RunInput } from "./engine.ts";
import { requireOneModel } from "./one-model.ts";
import { type Found, findTarget } from "./resolve.ts";
import { readModelTurns, readStarts } from "./starts.ts";

/** A plan, and what was found out for it. */
export interface Planned {
  readonly plan: Plan;
  /** Names under which the request has taken its turn. */
  readonly taken: ReadonlySet<string>;
  /** What of the request a candidate cannot be sent. */
  readonly gapsOf: (candidate: Candidate) => readonly Gap[];
}

/**
 * Gathers what the rules of routing go by, and lets them make the plan. With `take` the request takes its turns. Throws a
 * `Problem` for an unknown target, and for a profile of several models that is asked for vectors.
 */
export async function planFor(
  input: RunInput,
  deps: EngineDeps,
  { take, signal }: { take: boolean; signal: AbortSignal },
): Promise<Planned> {
  const finding = findTarget(input.target, deps, signal);
  const found = finding instanceof Promise ? await finding : finding;
  const { target } = found;
  const embeds = input.task === "embeddings";
  if (embeds) requireOneModel(target, deps.catalog);
  const expanding = expand(found, input, deps, take);
  const expanded = expanding instanceof Promise ? await expanding : expanding;
  const policies = bindingPolicies(namesOf(target, expanded.entries), deps.rules.policies);
  const requirement = tightened(requirementOf(input.request, input), policies);
  const locating = knowingWhere(expanded.entries, requirement, deps, signal);
  const entries = locating instanceof Promise ? await locating : locating;
  // Each text is embedded by itself: how many there are says nothing of whether they fit.
  const counting = embeds ? NO_COUNTS : countWhereNeeded(entries, input.request, deps.countTokens);
  const tokens = counting instanceof Promise ? await counting : counting;
  const gapsOf = gapsFinder(input);
  const plan = makePlan({
    target,
    policies,
    entries,
    requirement,
    measures: {
      tokens,
      loadOf: deps.loadOf,
      embeds: hasEmbeddings,
      gaps: gapsOf,
    },
    zoneOf,
    settings: outermostSettings(target, deps),
    strategy: target.kind === "model" ? deps.rules.strategy : undefined,
  });
  return { plan, taken: expanded.taken, gapsOf };
}

const NO_COUNTS: Tokens = () => undefined;

function hasEmbeddings(type: BackendType): boolean {
  return BACKEND_TYPES[type].embeds ?? true;
}

/** The names by which policies bind: all that led to the target, and the first model. */
function namesOf({ way, models }: Target, entries: readonly (Candidate | Refusal)[]): readonly string[] {
  return [...way, models[0] ?? entries.find(({ model }) => model !== undefined)?.model ?? ""];
}

/** Before a prompt that must not leave is sent to a backend that may pass it on, its list of models says whether it would. */
function knowingWhere(
  entries: readonly (Candidate | Refusal)[],
  { zone }: Requirement,
  { findModels }: EngineDeps,
  signal: AbortSignal,
): Soon<readonly (Candidate | Refusal)[]> {
  const isDoubtful = (entry: Candidate | Refusal): entry is Candidate =>
    entry.kind === "candidate" &&
    (zone === "restricted" || entry.zone === "restricted") &&
    !entry.elsewhere &&
    mayPassOn(entry.backend);
  if (!entries.some(isDoubtful)) return entries;
  return withSoon(findModels(signal), (index) =>
    entries.map((entry) => {
      if (!isDoubtful(entry)) return entry;
      const { info } =
        index.serving(entry.model).find(({ backend }) => backend.name === entry.backend.name) ?? {};
      return info?.elsewhere ? { ...entry, elsewhere: true } : entry;
    }),
  );
}

/** Everybody who could be asked, in policy order, and the names under which the request has taken its turn. */
interface Expanded {
  readonly entries: readonly (Candidate | Refusal)[];
  readonly taken: ReadonlySet<string>;
}

function expand(
  { target, index }: Found,
  { request }: RunInput,
  deps: EngineDeps,
  take: boolean,
): Soon<Expanded> {
  const { catalog, rules, loadOf, chance, state } = deps;
  const requestParams = request.params;
  if (target.kind === "profile") {
    return withSoon(readStarts(target.name, deps, take), ({ of, taken }) => ({
      entries: expandProfile(target.name, { catalog, requestParams, start: of }),
      taken,
    }));
  }
  const takesTurns = rules.strategy === "round_robin";
  const order = ORDER_BACKENDS[rules.strategy];
  const how = { settings: deps.routingSettings, requestParams, takesTurns };
  return withSoon(readModelTurns(takesTurns ? target.models : [], state, take), ({ of, taken }) => ({
    entries: target.models.flatMap((model) => {
      const facts = { loadOf, weights: rules.weights, turn: of(model), chance };
      return expandModel(model, order(index.serving(model), facts), how);
    }),
    taken,
  }));
}

function outermostSettings({ kind, name }: Target, { catalog, routingSettings }: EngineDeps): Settings {
  if (kind === "model") return routingSettings;
  const found = catalog.profile(name);
  return found.found && found.profile.type === "loadbalancer" ? found.profile.settings : DEFAULT_SETTINGS;
}
