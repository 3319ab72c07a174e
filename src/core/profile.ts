import type { Zone } from "./backend.ts";
import type { Params } from "./chat.ts";
import type { Settings } from "./settings.ts";

/** How a load balancer orders its members. */
export const POLICIES = ["roundrobin", "failover"] as const;

/** One of the two. */
export type Policy = (typeof POLICIES)[number];

/** The name of the strategy that carries a policy out, as older tools print it. */
export const STRATEGY_OF: Readonly<Record<Policy, string>> = {
  roundrobin: "round-robin",
  failover: "failover",
};

/** A saved (backend, model, parameters). */
export interface ModelProfile {
  readonly type: "model";
  readonly name: string;
  readonly backend: string;
  readonly model: string;
  readonly params: Params;
  readonly system?: string;
  readonly contextLimit?: number;
}

/** A saved policy over members, which are names of other profiles. */
export interface LoadBalancerProfile {
  readonly type: "loadbalancer";
  readonly name: string;
  readonly policy: Policy;
  readonly members: readonly string[];
  readonly params: Params;
  readonly settings: Settings;
  readonly contextLimit?: number;
  readonly zone?: Zone;
  readonly minTier?: number;
}

/** Anything that is saved under a name and can be chatted through. */
export type Profile = ModelProfile | LoadBalancerProfile;

/** What a member's name leads to: a profile, or why there is none (`no such profile`, `profile is not valid: …`). */
export type ProfileLookup =
  | { readonly found: true; readonly profile: Profile }
  | { readonly found: false; readonly why: string };
