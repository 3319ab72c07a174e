import type { ModelInfo } from "../core/backend.ts";
import { servedNames } from "../routing/model-index.ts";

/** Who serves a model, found in one step however many there are. Kept in step with every change. */
export interface Served<T> {
  /** Owners of a model by the name it is asked for, in no particular order, with what they say of it. */
  by(name: string): ReadonlyMap<T, ModelInfo>;
  /** Makes these all the models of an owner. */
  put(owner: T, models: readonly ModelInfo[]): void;
  /** Forgets an owner. */
  drop(owner: T): void;
  /** Every name that has an owner, once. */
  names(): Iterable<string>;
  /** Different models, by their ids. */
  count(): number;
}

/** An empty index. A model that nobody serves leaves no trace in it. */
export function createServed<T>(): Served<T> {
  const owners = new Map<string, Map<T, ModelInfo>>();
  const owned = new Map<T, Iterable<string>>();

  function drop(owner: T): void {
    for (const name of owned.get(owner) ?? []) {
      const others = owners.get(name);
      others?.delete(owner);
      if (others?.size === 0) owners.delete(name);
    }
    owned.delete(owner);
  }

  const nobody: ReadonlyMap<T, ModelInfo> = new Map();
  return {
    by: (name) => owners.get(name) ?? nobody,
    put(owner, models) {
      drop(owner);
      const names = servedNames(models);
      owned.set(owner, [...names.keys()]);
      for (const [name, info] of names) {
        const others = owners.get(name);
        if (others === undefined) owners.set(name, new Map([[owner, info]]));
        else others.set(owner, info);
      }
    },
    drop,
    names: () => owners.keys(),
    count: () => [...owners].filter(([name, by]) => [...by.values()].some(({ id }) => id === name)).length,
  };
}
