import type { Configuration } from "../../config/load.ts";
import type { ProfileSet } from "../../config/profiles.ts";
import type { GroupBy } from "../../ledger/stats.ts";

/** Names that stand in the configuration, so that who was never used is listed too. */
export function configuredNames(
  by: GroupBy,
  { backends }: Pick<Configuration, "backends">,
  profiles: Pick<ProfileSet, "names" | "lookup">,
): ReadonlySet<string> {
  const models = profiles.names().flatMap((name) => {
    const found = profiles.lookup(name);
    return found.found && found.profile.type === "model" ? [found.profile] : [];
  });
  switch (by) {
    case "member":
      return new Set(profiles.names().flatMap((name) => members(name, [], profiles)));
    case "model":
      return new Set([
        ...models.map(({ model }) => model),
        ...[...backends.values()].flatMap((backend) => (backend.models ?? []).map(({ id }) => id)),
      ]);
    case "backend":
      return new Set([...backends.keys(), ...models.map(({ backend }) => backend)]);
    case "day":
      return new Set();
  }
}

/** What chain logs call the members below a profile: `leaf`, or `inner/leaf` in a load balancer of load balancers. */
function members(
  name: string,
  path: readonly string[],
  profiles: Pick<ProfileSet, "lookup">,
): readonly string[] {
  const found = profiles.lookup(name);
  if (found.found && found.profile.type === "loadbalancer") {
    return found.profile.members.flatMap((member) => members(member, [...path, member], profiles));
  }
  if (path.length > 0) return [path.join("/")];
  return found.found ? [name] : [];
}
