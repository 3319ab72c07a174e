import type { ProfileSet } from "../../config/profiles.ts";
import { DEFAULT_SETTINGS, type Settings } from "../../core/settings.ts";

/** A model profile that a profile leads to, and the settings it is judged with there. */
export interface Leaf {
  /** Path of member names, as in the chain log. */
  readonly member: string;
  readonly backend: string;
  readonly model: string;
  /** Those of the innermost load balancer. */
  readonly settings: Settings;
}

/** Every model profile that a profile leads to, in its order; what is missing or broken is left out. */
export function leavesOf(name: string, profiles: ProfileSet): readonly Leaf[] {
  const visit = (
    next: string,
    path: readonly string[],
    above: readonly string[],
    settings: Settings,
  ): Leaf[] => {
    const found = profiles.lookup(next);
    if (!found.found || above.includes(next)) return [];
    const { profile } = found;
    if (profile.type === "model") {
      const { backend, model } = profile;
      return [{ member: path.length === 0 ? name : path.join("/"), backend, model, settings }];
    }
    return profile.members.flatMap((member) =>
      visit(member, [...path, member], [...above, next], profile.settings),
    );
  };
  return visit(name, [], [], DEFAULT_SETTINGS);
}
