import type { Backend, ModelInfo, Zone } from "../core/backend.ts";
import type { StrategyName } from "../core/routing.ts";
import type { Settings } from "../core/settings.ts";
import { FILTERS, type Measures } from "./filters/index.ts";
import type { Binding } from "./name-policies.ts";
import type { Candidate, Plan, Refusal, Requirement } from "./plan.ts";
import type { Target } from "./target.ts";

/** What a plan is made of: everybody who could be asked, in policy order, and what the request needs. */
export interface PlanInput {
  readonly target: Target;
  readonly policies: readonly Binding[];
  readonly strategy?: StrategyName | undefined;
  readonly entries: readonly (Candidate | Refusal)[];
  readonly requirement: Requirement;
  readonly measures: Measures;
  /** The zone that holds for a model on a backend: some models of a local server run elsewhere. */
  readonly zoneOf: (backend: Backend, model: Pick<ModelInfo, "id" | "elsewhere">) => Zone;
  readonly settings: Settings;
}

/** Rules out, at its place, every candidate that cannot serve the request. Pure. */
export function makePlan(input: PlanInput): Plan {
  const first = input.entries[0];
  const primaryModel = first?.model;
  return {
    target: input.target,
    policies: input.policies,
    strategy: input.strategy,
    requirement: input.requirement,
    settings: input.settings,
    entries: input.entries.map((entry) =>
      entry.kind === "refusal" ? entry : judge(entry, primaryModel, input),
    ),
    primaryModel,
    primaryLabel: first?.label,
  };
}

function judge(
  candidate: Candidate,
  primaryModel: string | undefined,
  input: PlanInput,
): Candidate | Refusal {
  if (!input.requirement.fallback && candidate.model !== primaryModel) {
    return refuse(candidate, {
      filter: "strict",
      why: `${candidate.model} is not ${primaryModel ?? "the first model"}, and fallback is off`,
      chain: "another model (skipped)",
    });
  }
  const { model: id, elsewhere } = candidate;
  const zone = input.zoneOf(candidate.backend, { id, elsewhere });
  const judged =
    zone === candidate.backend.zone ? candidate : { ...candidate, backend: { ...candidate.backend, zone } };
  for (const filter of FILTERS) {
    const refused = filter(judged, input.requirement, input.measures);
    if (refused !== undefined) return refuse(judged, refused);
  }
  return judged;
}

/** The refusal of a candidate. */
export function refuse(
  candidate: Candidate,
  why: Pick<Refusal, "filter" | "why" | "chain" | "failure" | "until">,
): Refusal {
  return {
    kind: "refusal",
    label: candidate.label,
    backend: candidate.backend.name,
    model: candidate.model,
    ...why,
    candidate,
  };
}
