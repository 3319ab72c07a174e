import type { Zone } from "./backend.ts";

/** How the backends that serve one bare model are ordered. One row of `routing/strategies/index.ts` each. */
export const STRATEGIES = ["smart", "round_robin", "priority_only", "random"] as const;

/** One of them. */
export type StrategyName = (typeof STRATEGIES)[number];

/** What counts how much for the strategy `smart`; the shares of 100 where nobody says otherwise. */
export interface Weights {
  readonly priority: number;
  readonly load: number;
  readonly latency: number;
}

/** What the configuration asks of every request for names that match. It tightens, and never loosens. */
export interface NamePolicy {
  /** `*` stands for any text, `?` for one character. */
  readonly match: string;
  readonly zone?: Zone;
  readonly minTier?: number;
  /** False: only candidates with the first model. */
  readonly allowFallback?: boolean;
}

/** What the configuration says of names and models that are asked for without a profile. */
export interface RoutingRules {
  /** Another name for a model or profile; neither cycles nor chains longer than `MAX_ALIAS_HOPS`. */
  readonly aliases: ReadonlyMap<string, string>;
  /** Models to go on to, in order, by the model asked for. A chain has no chains in it, and is never empty. */
  readonly fallbacks: ReadonlyMap<string, readonly string[]>;
  readonly policies: readonly NamePolicy[];
  readonly strategy: StrategyName;
  readonly weights: Weights;
  /** Milliseconds to wait for a backend when every one that is left is at capacity. */
  readonly capacityWaitMs: number;
}

/** Most aliases between a name and the model it stands for. */
export const MAX_ALIAS_HOPS = 3;

/** What holds where nothing is configured. */
export const DEFAULT_RULES: RoutingRules = {
  aliases: new Map(),
  fallbacks: new Map(),
  policies: [],
  strategy: "smart",
  weights: { priority: 50, load: 30, latency: 20 },
  capacityWaitMs: 0,
};
