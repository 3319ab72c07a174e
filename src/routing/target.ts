import { MAX_ALIAS_HOPS, type RoutingRules } from "../core/routing.ts";

/** What a name that was asked for stands for. */
export interface Target {
  readonly kind: "profile" | "model";
  /** The profile or model itself, never an alias. */
  readonly name: string;
  /** The name that was asked for, then every alias on the way, then `name`; one name when it is no alias. */
  readonly way: readonly string[];
  /** Models in the order they are gone through: the one asked for, then its chain. Empty for a profile. */
  readonly models: readonly string[];
}

/** What there is, to tell names apart by. */
export interface KnownNames extends Pick<RoutingRules, "aliases" | "fallbacks"> {
  readonly isProfile: (name: string) => boolean;
  readonly isServed: (model: string) => boolean;
}

/**
 * Finds what a name stands for: a profile before a model that somebody serves, before an alias, before a model that only
 * has a chain. An alias is as good as the name it stands for. Undefined: nobody knows the name.
 */
export function resolveTarget(asked: string, known: KnownNames): Target | undefined {
  const way = followAliases(asked, (name) => known.isProfile(name) || known.isServed(name), known.aliases);
  const name = way.at(-1) ?? asked;
  if (known.isProfile(name)) return { kind: "profile", name, way, models: [] };
  const chain = known.fallbacks.get(name) ?? [];
  if (way.length === 1 && chain.length === 0 && !known.isServed(name)) return undefined;
  const next = chain.map((model) => followAliases(model, known.isServed, known.aliases).at(-1) ?? model);
  return { kind: "model", name, way, models: [...new Set([name, ...next])] };
}

/** The target that is a profile by its own name. */
export function profileTarget(name: string): Target {
  return { kind: "profile", name, way: [name], models: [] };
}

/** The names from one over the aliases to the first that exists by itself. */
function followAliases(
  name: string,
  exists: (name: string) => boolean,
  aliases: RoutingRules["aliases"],
): readonly string[] {
  const way = [name];
  for (let at = name; way.length <= MAX_ALIAS_HOPS && !exists(at); ) {
    const next = aliases.get(at);
    if (next === undefined) break;
    way.push(next);
    at = next;
  }
  return way;
}
