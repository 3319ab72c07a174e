import type { Catalog } from "../core/ports.ts";
import { Problem } from "../core/problem.ts";
import { reachableProfiles } from "../routing/reachable.ts";
import type { Target } from "../routing/target.ts";

/** Vectors of two models do not mix: throws a `Problem` for a profile whose members name different ones. */
export function requireOneModel({ kind, name }: Target, catalog: Pick<Catalog, "profile">): void {
  if (kind !== "profile") return;
  const leaves = reachableProfiles(name, catalog).flatMap((one) => (one.type === "model" ? [one.model] : []));
  const models = [...new Set(leaves)];
  if (models.length < 2) return;
  throw new Problem(
    "input",
    "mixed_models",
    `the members of profile ${name} name different models (${models.join(", ")}), whose vectors do not mix`,
    "ask for a profile whose members all name one model",
  );
}
