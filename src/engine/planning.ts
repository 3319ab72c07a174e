import { BACKEND_TYPES } from "../backends/types.ts";
import { mayPassOn, zoneOf } from "../backends/zone.ts";
import { DEFAULT_SETTINGS, type Settings } from "../core/settings.ts";
import { expandModel, expandProfile } from "../routing/expand.ts";
import { makePlan } from "../routing/make-plan.ts";
import { bindingPolicies, tightened } from "../routing/name-policies.ts";
import type { Candidate, Plan, Refusal, Requirement } from "../routing/plan.ts";
import { requirementOf } from "../routing/requirements.ts";
import { ORDER_BACKENDS } from "../routing/strategies/index.ts";
import type { Target } from "../routing/target.ts";
import { gapsOf } from "./carriage.ts";
import { countWhereNeeded } from "./counting.ts";
import type { EngineDeps, RunInput } from "./engine.ts";
import { requireOneModel } from "./one-model.ts";
import { type Found, findTarget } from "./resolve.ts";
import { readModelTurns, readStarts } from "./starts.ts";

/** A plan, and the names under which the request has taken its turn for it. */
export interface Planned {
  readonly plan: Plan;
  readonly taken: ReadonlySet<string>;
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
  const found = await findTarget(input.target, deps, signal);
  const { target } = found;
  const embeds = input.task === "embeddings";
  if (embeds) requireOneModel(target, deps.catalog);
  const expanded = await expand(found, input, deps, take);
  const [first] = target.models;
  const names = [
    ...target.way,
    first ?? expanded.entries.find(({ model }) => model !== undefined)?.model ?? "",
  ];
  const policies = bindingPolicies(names, deps.rules.policies);
  const requirement = tightened(requirementOf(input.request, input), policies);
  const entries = await knowingWhere(expanded.entries, requirement, deps, signal);
  const plan = makePlan({
    target,
    policies,
    entries,
    requirement,
    measures: {
      // Each text is embedded by itself: how many there are says nothing of whether they fit.
      tokens: embeds ? () => undefined : await countWhereNeeded(entries, input.request, deps.countTokens),
      loadOf: deps.loadOf,
      embeds: (type) => BACKEND_TYPES[type].embeds ?? true,
      gaps: (candidate) => gapsOf(input, candidate),
    },
    zoneOf,
    settings: outermostSettings(target, deps),
    ...(target.kind === "model" ? { strategy: deps.rules.strategy } : {}),
  });
  return { plan, taken: expanded.taken };
}

/** Before a prompt that must not leave is sent to a backend that may pass it on, its list of models says whether it would. */
async function knowingWhere(
  entries: readonly (Candidate | Refusal)[],
  { zone }: Requirement,
  { findModels }: EngineDeps,
  signal: AbortSignal,
): Promise<readonly (Candidate | Refusal)[]> {
  const isDoubtful = (entry: Candidate | Refusal): entry is Candidate =>
    entry.kind === "candidate" &&
    (zone === "restricted" || entry.zone === "restricted") &&
    !entry.elsewhere &&
    mayPassOn(entry.backend);
  if (!entries.some(isDoubtful)) return entries;
  const index = await findModels(signal);
  return entries.map((entry) => {
    if (!isDoubtful(entry)) return entry;
    const { info } =
      index.serving(entry.model).find(({ backend }) => backend.name === entry.backend.name) ?? {};
    return info?.elsewhere ? { ...entry, elsewhere: true } : entry;
  });
}

async function expand(
  { target, index }: Found,
  { request }: RunInput,
  deps: EngineDeps,
  take: boolean,
): Promise<{ entries: readonly (Candidate | Refusal)[]; taken: ReadonlySet<string> }> {
  const { catalog, rules, loadOf, chance, state } = deps;
  const requestParams = request.params;
  if (target.kind === "profile") {
    const starts = await readStarts(target.name, deps, take);
    const entries = expandProfile(target.name, { catalog, requestParams, start: starts.of });
    return { entries, taken: starts.taken };
  }
  const takesTurns = rules.strategy === "round_robin";
  const turns = await readModelTurns(takesTurns ? target.models : [], state, take);
  const order = ORDER_BACKENDS[rules.strategy];
  const how = { settings: deps.routingSettings, requestParams, takesTurns };
  const entries = target.models.flatMap((model) => {
    const facts = { loadOf, weights: rules.weights, turn: turns.of(model), chance };
    return expandModel(model, order(index.serving(model), facts), how);
  });
  return { entries, taken: turns.taken };
}

function outermostSettings({ kind, name }: Target, { catalog, routingSettings }: EngineDeps): Settings {
  if (kind === "model") return routingSettings;
  const found = catalog.profile(name);
  return found.found && found.profile.type === "loadbalancer" ? found.profile.settings : DEFAULT_SETTINGS;
}
