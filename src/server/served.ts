import type { Catalog, CostOf, FindModels } from "../core/ports.ts";
import type { Engine } from "../engine/engine.ts";

/** What requests are answered from. A new configuration is a new one; requests that run keep theirs. */
export interface Served {
  readonly engine: Engine;
  readonly catalog: Catalog;
  readonly findModels: FindModels;
  readonly costOf: CostOf;
  /** Names that stand for models. */
  readonly aliases: Iterable<string>;
}
