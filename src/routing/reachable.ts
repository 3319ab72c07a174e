import type { Catalog } from "../core/ports.ts";
import type { Profile } from "../core/profile.ts";

/** Every profile that a name leads to, itself included, each once; what is missing or broken is left out. */
export function reachableProfiles(name: string, catalog: Pick<Catalog, "profile">): readonly Profile[] {
  const found = new Map<string, Profile>();
  const visit = (next: string) => {
    if (found.has(next)) return;
    const looked = catalog.profile(next);
    if (!looked.found) return;
    found.set(next, looked.profile);
    if (looked.profile.type === "loadbalancer") looked.profile.members.forEach(visit);
  };
  visit(name);
  return [...found.values()];
}
