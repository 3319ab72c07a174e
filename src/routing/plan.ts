import type { Backend, Capability, Zone } from "../core/backend.ts";
import type { Params } from "../core/chat.ts";
import type { Failure } from "../core/failure.ts";
import type { Settings } from "../core/settings.ts";

/** One (backend, model, parameters) that could serve a request. */
export interface Candidate {
  readonly kind: "candidate";
  /** The member's path (`inner/leaf`), or `model@backend` without a profile. */
  readonly label: string;
  readonly backend: Backend;
  readonly model: string;
  /** Member ⊕ load balancer ⊕ request. */
  readonly params: Params;
  /** Names of parameters this backend's type does not know, left out. */
  readonly droppedParams: readonly string[];
  /** The profile's system text, for a request that has none. */
  readonly system?: string;
  readonly settings: Settings;
  /** Tokens prompt and answer may use together; undefined when nobody knows. */
  readonly window?: number;
  /** Load balancers this member stands in, outermost first. */
  readonly groups: readonly string[];
}

/** A candidate that was ruled out before anything was sent. */
export interface Refusal {
  readonly kind: "refusal";
  readonly label: string;
  readonly backend?: string;
  readonly model?: string;
  /** Which rule: `zone`, `tier`, `vision`, `tools`, `json`, `context`, `strict`, `profile`, `key`. */
  readonly filter: string;
  /** For people, with the measured value. */
  readonly why: string;
  /** Text of the chain-log entry, without the name. */
  readonly chain: string;
  /** Set when a run counts this as a failure of the member (`auth`, a broken profile). */
  readonly failure?: Failure;
}

/** What a request needs of whoever answers it. */
export interface Requirement {
  readonly capabilities: readonly Capability[];
  /** Prompt tokens, undefined while nothing needed them counted. */
  readonly promptTokens?: number;
  readonly promptTokensExact?: boolean;
  /** Tokens kept free for the answer. */
  readonly reservedTokens: number;
  readonly zone: Zone;
  readonly minTier: number;
}

/** The ordered candidates with everybody who was ruled out, each at its place. */
export interface Plan {
  readonly target: { readonly kind: "profile" | "model"; readonly name: string };
  readonly entries: readonly (Candidate | Refusal)[];
  /** First in policy order, ruled out or not. */
  readonly primaryModel?: string;
  readonly primaryLabel?: string;
  readonly requirement: Requirement;
  /** Settings of the outermost profile. */
  readonly settings: Settings;
}
