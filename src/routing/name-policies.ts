import type { NamePolicy } from "../core/routing.ts";
import type { Requirement } from "./plan.ts";

/** A policy that binds a request, and the name of it that matched. */
export interface Binding {
  readonly policy: NamePolicy;
  readonly name: string;
}

const NONE: readonly Binding[] = [];

/** The policies that match any of these names, in the order of the file, each once. */
export function bindingPolicies(
  names: readonly string[],
  policies: readonly NamePolicy[],
): readonly Binding[] {
  if (policies.length === 0) return NONE;
  return policies.flatMap((policy) => {
    const name = names.find((each) => matchesGlob(policy.match, each));
    return name === undefined ? [] : [{ policy, name }];
  });
}

/** A requirement with every binding policy upon it: the strictest of all counts, in any order. */
export function tightened(requirement: Requirement, bindings: readonly Binding[]): Requirement {
  if (bindings.length === 0) return requirement;
  const policies = bindings.map(({ policy }) => policy);
  return {
    ...requirement,
    zone: policies.some(({ zone }) => zone === "restricted") ? "restricted" : requirement.zone,
    minTier: Math.max(requirement.minTier, ...policies.map(({ minTier }) => minTier ?? 0)),
    fallback: requirement.fallback && policies.every(({ allowFallback }) => allowFallback !== false),
  };
}

/** Whether a whole text matches: `*` stands for any text, `?` for one character. Never goes back further than one `*`. */
export function matchesGlob(glob: string, text: string): boolean {
  let [at, here, star, from] = [0, 0, -1, 0];
  while (here < text.length) {
    if (glob[at] === "*") {
      [star, from] = [at++, here];
    } else if (at < glob.length && (glob[at] === "?" || glob[at] === text[here])) {
      [at, here] = [at + 1, here + 1];
    } else if (star >= 0) {
      [at, here] = [star + 1, ++from];
    } else {
      return false;
    }
  }
  return /^\**$/.test(glob.slice(at));
}
