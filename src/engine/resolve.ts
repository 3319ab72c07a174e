import { isAbort } from "../core/failure.ts";
import { didYouMean } from "../core/nearest.ts";
import type { Catalog, ModelIndex } from "../core/ports.ts";
import { Problem } from "../core/problem.ts";
import type { RoutingRules } from "../core/routing.ts";
import type { Soon } from "../core/soon.ts";
import { indexModels } from "../routing/model-index.ts";
import { profileTarget, resolveTarget, type Target } from "../routing/target.ts";
import type { EngineDeps, RunInput } from "./engine.ts";

/** What was asked for, and who serves its models. */
export interface Found {
  readonly target: Target;
  readonly index: ModelIndex;
}

/**
 * Finds what the target of a run stands for. What is known of models is believed; when nobody serves any of those asked
 * for, the backends are asked once more. Throws a `Problem` with the nearest names when nobody knows the name.
 */
export function findTarget(
  { kind, name }: RunInput["target"],
  deps: Pick<EngineDeps, "catalog" | "rules" | "findModels">,
  signal: AbortSignal,
): Soon<Found> {
  const { catalog, rules } = deps;
  if (kind === "profile" || catalog.hasProfile(name)) {
    requireProfile(name, catalog, rules);
    return { target: profileTarget(name), index: NO_MODELS };
  }
  return findModel(name, deps, signal);
}

const NO_MODELS = indexModels([]);

async function findModel(
  name: string,
  deps: Pick<EngineDeps, "catalog" | "rules" | "findModels">,
  signal: AbortSignal,
): Promise<Found> {
  const { catalog, rules } = deps;
  const resolve = (index: ModelIndex) =>
    resolveTarget(name, {
      aliases: rules.aliases,
      fallbacks: rules.fallbacks,
      isProfile: catalog.hasProfile,
      isServed: (each) => index.serving(each).length > 0,
    });
  const known = deps.findModels(signal);
  let index = known instanceof Promise ? await known : known;
  let target = resolve(index);
  if (index.again !== undefined && isServedByNobody(target, index)) {
    index = await index.again(signal);
    target = resolve(index);
  }
  if (target !== undefined) {
    if (target.kind === "profile") requireProfile(target.name, catalog, rules);
    return { target, index };
  }
  // Whoever left is told that, and not that there is no such model.
  if (isAbort(signal)) return { target: { kind: "model", name, way: [name], models: [name] }, index };
  throw unknownName(name, index, catalog, rules);
}

function isServedByNobody(target: Target | undefined, index: ModelIndex): boolean {
  return target?.kind !== "profile" && !target?.models.some((model) => index.serving(model).length > 0);
}

function unknownName(name: string, index: ModelIndex, catalog: Catalog, rules: RoutingRules): Problem {
  const known = [
    ...index.names(),
    ...catalog.profileNames(),
    ...rules.aliases.keys(),
    ...rules.fallbacks.keys(),
  ];
  return new Problem(
    "not-found",
    "model_not_found",
    `no profile is called "${name}", and no backend serves a model of that name${didYouMean(name, new Set(known))}`,
    hintFor(catalog.backends.length, index.silent),
  );
}

function hintFor(backends: number, silent: readonly string[]): string {
  if (backends === 0) return "no backend is configured: add one with `nexus backend add URL`";
  if (silent.length > 0)
    return `no list of models came from ${silent.join(", ")}: see \`nexus backend test\``;
  return "see `nexus models` for what there is";
}

/** The profile a target names, or a problem with the nearest names. */
function requireProfile(name: string, catalog: Catalog, { aliases, fallbacks }: RoutingRules): void {
  const found = catalog.profile(name);
  if (found.found) return;
  if (catalog.hasProfile(name)) {
    throw new Problem(
      "config",
      "profile_invalid",
      `profile ${name}: ${found.why}`,
      "run `nexus profile check`",
    );
  }
  throw new Problem(
    "not-found",
    "profile_not_found",
    `no profile is called "${name}"${didYouMean(name, catalog.profileNames())}`,
    aliases.has(name) || fallbacks.has(name)
      ? `it is the name of a model: ask for it with --model ${name}`
      : "see `nexus profile list`, or save one with `nexus profile save`",
  );
}
