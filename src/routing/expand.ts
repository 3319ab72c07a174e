import type { Backend, ModelInfo, Zone } from "../core/backend.ts";
import type { Params } from "../core/chat.ts";
import { mergeParams, sendable } from "../core/params.ts";
import type { Catalog } from "../core/ports.ts";
import type { LoadBalancerProfile, ModelProfile } from "../core/profile.ts";
import { DEFAULT_SETTINGS, type Settings } from "../core/settings.ts";
import { oneLine } from "../core/text.ts";
import type { Candidate, Group, Refusal } from "./plan.ts";
import { ORDER, type Start } from "./policies/index.ts";

/** What holds for a member because of the load balancers above it. */
interface Above {
  /** Path of member names that leads here. */
  readonly path: readonly string[];
  /** Profile names on the path, to find cycles. */
  readonly profiles: readonly string[];
  readonly groups: readonly Group[];
  /** Parameters of the load balancers, innermost first: the outer one wins. */
  readonly params: Params;
  readonly zone: Zone;
  readonly minTier: number;
  readonly window: number | undefined;
}

const TOP: Above = {
  path: [],
  profiles: [],
  groups: [],
  params: {},
  zone: "open",
  minTier: 0,
  window: undefined,
};

/** What expanding needs beside the profiles. */
export interface ExpandInput {
  readonly catalog: Catalog;
  /** What the request itself states; it wins over every profile. */
  readonly requestParams: Params;
  /** Where each load balancer starts. */
  readonly start: (profile: string) => Start;
}

/** All members a profile leads to, in policy order, broken ones at their place. */
export function expandProfile(name: string, input: ExpandInput): readonly (Candidate | Refusal)[] {
  return expand(name, TOP, input);
}

function expand(name: string, above: Above, input: ExpandInput): readonly (Candidate | Refusal)[] {
  const label = above.path.length === 0 ? name : above.path.join("/");
  if (above.profiles.includes(name)) {
    return [broken(label, `profile is not valid: cycle ${[...above.profiles, name].join(" -> ")}`)];
  }
  const found = input.catalog.profile(name);
  if (!found.found) return [broken(label, found.why)];
  return found.profile.type === "model"
    ? [candidateOf(found.profile, label, above, input)]
    : expandMembers(found.profile, above, input);
}

function expandMembers(
  profile: LoadBalancerProfile,
  above: Above,
  input: ExpandInput,
): readonly (Candidate | Refusal)[] {
  const ordered = ORDER[profile.policy](profile.members, input.start(profile.name));
  return ordered.flatMap((member) => {
    const window = smaller(above.window, profile.contextLimit);
    return expand(
      member,
      {
        path: [...above.path, member],
        profiles: [...above.profiles, profile.name],
        groups: [
          ...above.groups,
          {
            name: profile.name,
            member,
            settings: profile.settings,
            turn: profile.policy === "roundrobin" ? profile.name : undefined,
          },
        ],
        params: mergeParams(profile.params, above.params),
        zone: profile.zone === "restricted" ? "restricted" : above.zone,
        minTier: Math.max(above.minTier, profile.minTier ?? 0),
        window,
      },
      input,
    );
  });
}

function candidateOf(
  profile: ModelProfile,
  label: string,
  above: Above,
  input: ExpandInput,
): Candidate | Refusal {
  const backend = input.catalog.backend(profile.backend);
  if (backend === undefined) {
    return broken(label, "no such backend", profile.backend, profile.model);
  }
  return makeCandidate({
    label,
    backend,
    model: profile.model,
    params: mergeParams(profile.params, above.params, input.requestParams),
    groups: above.groups,
    settings: above.groups.at(-1)?.settings ?? DEFAULT_SETTINGS,
    zone: above.zone,
    minTier: above.minTier,
    window: smaller(above.window, profile.contextLimit),
    system: profile.system,
    info: undefined,
    score: undefined,
  });
}

/** Under what name the turns of a bare model are counted. No profile is called so. */
export function modelTurn(model: string): string {
  return `model:${model}`;
}

/** The backends of a bare model, in this order, as candidates; a model without any is told as that. */
export function expandModel(
  model: string,
  backends: readonly { readonly backend: Backend; readonly info?: ModelInfo; readonly score?: number }[],
  how: { readonly settings: Settings; readonly requestParams: Params; readonly takesTurns: boolean },
): readonly (Candidate | Refusal)[] {
  const { settings, requestParams } = how;
  if (backends.length === 0) return [unserved(model)];
  const turn = how.takesTurns ? modelTurn(model) : undefined;
  return backends.map(({ backend, info, score }) =>
    makeCandidate({
      label: `${model}@${backend.name}`,
      backend,
      model,
      params: requestParams,
      groups: [{ name: undefined, member: backend.name, settings, turn }],
      settings,
      zone: "open",
      minTier: 0,
      window: undefined,
      system: undefined,
      info,
      score,
    }),
  );
}

function makeCandidate(from: {
  label: string;
  backend: Backend;
  model: string;
  params: Params;
  groups: readonly Group[];
  settings: Settings;
  zone: Zone;
  minTier: number;
  window: number | undefined;
  system: string | undefined;
  info: ModelInfo | undefined;
  score: number | undefined;
}): Candidate {
  const info = from.info ?? from.backend.models?.find((model) => model.id === from.model);
  const { params, dropped } = sendable(from.params, from.backend.extraParams);
  return {
    kind: "candidate",
    label: from.label,
    backend: from.backend,
    model: from.model,
    params,
    droppedParams: dropped,
    settings: from.settings,
    groups: from.groups,
    zone: from.zone,
    minTier: from.minTier,
    system: from.system,
    score: from.score,
    window: smaller(from.window, info?.contextLength),
    capabilities: info?.capabilities,
    elsewhere: info?.elsewhere,
  };
}

function unserved(model: string): Refusal {
  const why = `no backend serves ${model}`;
  return { kind: "refusal", label: model, model, filter: "no backend", why, chain: "no backend (skipped)" };
}

function broken(label: string, why: string, backend?: string, model?: string): Refusal {
  return {
    kind: "refusal",
    label,
    why,
    chain: `failed (${oneLine(why)})`,
    failure: { class: "config", message: why },
    ...(backend === undefined ? {} : { backend }),
    ...(model === undefined ? {} : { model }),
  };
}

function smaller(a: number | undefined, b: number | undefined): number | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return Math.min(a, b);
}
