import type * as z from "zod/mini";
import { DEFAULT_RULES, MAX_ALIAS_HOPS, type NamePolicy, type RoutingRules } from "../core/routing.ts";
import { formatPath } from "./key-path.ts";
import type { CONFIG, ROUTING } from "./schema.ts";

type Config = z.infer<typeof CONFIG>;

/** What file or environment say below `routing`. */
export type RoutingRecord = z.infer<typeof ROUTING>;

/** The rules that a configuration states, defaults filled in. */
export function readRouting({ aliases, fallbacks, policies, routing = {} }: Config): RoutingRules {
  return withRouting(
    {
      ...DEFAULT_RULES,
      aliases: new Map(Object.entries(aliases ?? {})),
      fallbacks: new Map(Object.entries(fallbacks ?? {}).filter(([, chain]) => chain.length > 0)),
      policies: (policies ?? []).map(policyOf),
    },
    routing,
  );
}

/** The rules with what is stated over them. */
export function withRouting(rules: RoutingRules, stated: RoutingRecord): RoutingRules {
  const { strategy, weights = {}, capacity_wait_ms: capacityWaitMs } = stated;
  return {
    ...rules,
    strategy: strategy ?? rules.strategy,
    weights: {
      priority: weights.priority ?? rules.weights.priority,
      load: weights.load ?? rules.weights.load,
      latency: weights.latency ?? rules.weights.latency,
    },
    capacityWaitMs: capacityWaitMs ?? rules.capacityWaitMs,
  };
}

/** What is wrong with the first alias that leads nowhere, naming the chain; undefined when all of them lead to an end. */
export function aliasFault({ aliases = {} }: Config): string | undefined {
  for (const alias of Object.keys(aliases)) {
    const chain = [alias];
    for (let next = at(aliases, alias); next !== undefined; next = at(aliases, next)) {
      const cycle = chain.includes(next);
      chain.push(next);
      const what = cycle ? "is a cycle" : `leads over more than ${MAX_ALIAS_HOPS} aliases`;
      if (cycle || chain.length > MAX_ALIAS_HOPS + 1) {
        return `${formatPath(["aliases", alias])}: ${what}: ${chain.join(" -> ")}`;
      }
    }
  }
  return undefined;
}

/** What is odd in the rules: what is there and never used. */
export function routingWarnings({ aliases = {}, fallbacks = {}, policies = [] }: Config): readonly string[] {
  const hidden = Object.keys(fallbacks).filter((model) => Object.hasOwn(aliases, model));
  return [
    ...hidden.map(
      (model) =>
        `${formatPath(["fallbacks", model])}: "${model}" is an alias of ${aliases[model]}, whose own chain holds`,
    ),
    ...policies.flatMap(({ zone, min_tier, allow_fallback }, index) =>
      zone !== "restricted" && !min_tier && allow_fallback !== false
        ? [`policies.${index}: asks for nothing (zone restricted, min_tier or allow_fallback false)`]
        : [],
    ),
  ];
}

function policyOf({
  match,
  zone,
  min_tier: minTier,
  allow_fallback: allowFallback,
}: NonNullable<Config["policies"]>[number]): NamePolicy {
  return {
    match,
    ...(zone === undefined ? {} : { zone }),
    ...(minTier === undefined ? {} : { minTier }),
    ...(allowFallback === undefined ? {} : { allowFallback }),
  };
}

function at(aliases: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.hasOwn(aliases, name) ? aliases[name] : undefined;
}
