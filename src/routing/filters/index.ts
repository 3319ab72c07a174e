import type { BackendType } from "../../core/backend.ts";
import type { Gap } from "../../core/chat.ts";
import type { SkipReason } from "../../core/outcome.ts";
import type { LoadOf } from "../../core/ports.ts";
import type { Candidate, Requirement } from "../plan.ts";
import { capability } from "./capability.ts";
import { carriage } from "./carriage.ts";
import { context } from "./context.ts";
import { embeddings } from "./embeddings.ts";
import { health } from "./health.ts";
import { tier } from "./tier.ts";
import { zone } from "./zone.ts";

/** Prompt tokens as a model would count them; undefined where nothing needed a count. */
export type Tokens = (model: string) => { readonly tokens: number; readonly exact: boolean } | undefined;

/** What filters may measure by. */
export interface Measures {
  readonly tokens: Tokens;
  readonly loadOf: LoadOf;
  /** Whether servers of this type have embeddings. */
  readonly embeds: (type: BackendType) => boolean;
  /** What of the request a candidate cannot be sent. */
  readonly gaps: (candidate: Candidate) => readonly Gap[];
}

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
  measures: Measures,
) => Ruling | undefined;

/**
 * Every filter, in the order in which they are asked. The first that refuses is named; the zone comes last, so that what
 * it rules out could have served but for the zone.
 */
export const FILTERS: readonly FilterRule[] = [tier, embeddings, capability, carriage, context, health, zone];
