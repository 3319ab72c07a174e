import type { Backend, Capability, Zone } from "../core/backend.ts";
import type { Params } from "../core/chat.ts";
import type { Failure } from "../core/failure.ts";
import type { SkipReason } from "../core/outcome.ts";
import type { StrategyName } from "../core/routing.ts";
import type { Settings } from "../core/settings.ts";
import type { Binding } from "./name-policies.ts";
import type { Target } from "./target.ts";

/** A load balancer a candidate stands in, with the member of it that leads to the candidate. */
export interface Group {
  /** The profile's name; undefined for the backends of a bare model. */
  readonly name: string | undefined;
  /** Under what name turns are counted here: a profile's, or `modelTurn`; undefined where nobody takes turns. */
  readonly turn?: string | undefined;
  readonly member: string;
  readonly settings: Settings;
}

/** One (backend, model, parameters) that could serve a request. */
export interface Candidate {
  readonly kind: "candidate";
  /** The member's path (`inner/leaf`), or `model@backend` without a profile. */
  readonly label: string;
  readonly backend: Backend;
  readonly model: string;
  /** Member ⊕ load balancers ⊕ request, as far as the backend's type knows them. */
  readonly params: Params;
  /** Names of parameters this backend's type does not know, left out. */
  readonly droppedParams: readonly string[];
  /** The profile's system text, for a request that has none. */
  readonly system?: string | undefined;
  /** Settings of the innermost load balancer. */
  readonly settings: Settings;
  /** What the strategy gave it, where it gives numbers. */
  readonly score?: number | undefined;
  /** Tokens prompt and answer may use together; undefined when nobody knows. */
  readonly window?: number | undefined;
  readonly capabilities?: readonly Capability[] | undefined;
  /** Its backend is known to pass what it is sent on to somebody else's machines. */
  readonly elsewhere?: true | undefined;
  /** Load balancers this candidate stands in, outermost first. */
  readonly groups: readonly Group[];
  /** The strictest zone and tier that the profiles on its path ask for. */
  readonly zone: Zone;
  readonly minTier: number;
}

/** A candidate that was ruled out before anything was sent. */
export interface Refusal {
  readonly kind: "refusal";
  readonly label: string;
  readonly backend?: string;
  readonly model?: string;
  /** Which rule; undefined when it is the member's own failure. */
  readonly filter?: SkipReason;
  /** For people, with the measured value. */
  readonly why: string;
  /** Text of the chain-log entry, without the name. */
  readonly chain: string;
  /** When it may be asked again, in milliseconds by the clock of this process, where that is known. */
  readonly until?: number;
  /** What it would have been; undefined for a member that is broken in itself, and for a model that nobody serves. */
  readonly candidate?: Candidate;
  /** The member's own failure (no key, a broken profile). */
  readonly failure?: Failure;
}

/** What a request needs of whoever answers it. */
export interface Requirement {
  readonly capabilities: readonly Capability[];
  /** Whether vectors are asked for, and no chat. */
  readonly embeddings: boolean;
  readonly zone: Zone;
  readonly minTier: number;
  /** False: only candidates with the first model in policy order. */
  readonly fallback: boolean;
}

/** The ordered candidates with everybody who was ruled out, each at its place. */
export interface Plan {
  readonly target: Target;
  /** Policies of the configuration that bind the request. */
  readonly policies: readonly Binding[];
  /** How the backends of each model were ordered; undefined for a profile. */
  readonly strategy?: StrategyName | undefined;
  readonly entries: readonly (Candidate | Refusal)[];
  /** First in policy order, ruled out or not. */
  readonly primaryModel?: string | undefined;
  readonly primaryLabel?: string | undefined;
  readonly requirement: Requirement;
  /** Settings of the outermost profile. */
  readonly settings: Settings;
}
