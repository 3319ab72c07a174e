import type { SkipReason } from "../../core/outcome.ts";
import type { Candidate, Requirement } from "../plan.ts";
import { capability } from "./capability.ts";
import { context } from "./context.ts";
import { tier } from "./tier.ts";
import { zone } from "./zone.ts";

/** Prompt tokens as a model would count them; undefined where nothing needed a count. */
export type Tokens = (model: string) => { readonly tokens: number; readonly exact: boolean } | undefined;

/** Why a candidate is ruled out: the rule, the measured value for people, and the chain-log text. */
export interface Ruling {
  readonly filter: SkipReason;
  readonly why: string;
  readonly chain: string;
}

/** A reason to rule a candidate out before anything is sent, or undefined. Pure. */
export type FilterRule = (
  candidate: Candidate,
  requirement: Requirement,
  tokens: Tokens,
) => Ruling | undefined;

/** Every filter, in the order in which they are asked. The first that refuses is named. */
export const FILTERS: readonly FilterRule[] = [zone, tier, capability, context];
