import type { Chance, LoadOf, Serving } from "../../core/ports.ts";
import type { StrategyName, Weights } from "../../core/routing.ts";
import { priorityOnly } from "./priority-only.ts";
import { random } from "./random.ts";
import { roundRobin } from "./round-robin.ts";
import { smart } from "./smart.ts";

/** What a strategy may go by. */
export interface StrategyFacts {
  readonly loadOf: LoadOf;
  readonly weights: Weights;
  /** Requests for the model so far. */
  readonly turn: number;
  readonly chance: Chance;
}

/** A backend at its place, with the number that put it there where there is one. */
export interface Ranked extends Serving {
  readonly score?: number;
}

/** Puts the backends of one model in the order in which they are asked. Each appears once; equals stay as in the file. */
export type Strategy = (serving: readonly Serving[], facts: StrategyFacts) => readonly Ranked[];

/** Every strategy. */
export const ORDER_BACKENDS: Readonly<Record<StrategyName, Strategy>> = {
  smart,
  round_robin: roundRobin,
  priority_only: priorityOnly,
  random,
};
