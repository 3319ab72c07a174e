import type { ProfileSet } from "../../config/profiles.ts";
import type { Backend } from "../../core/backend.ts";
import { isSendable } from "../../core/params.ts";
import type { KnownBackends } from "./backends.ts";

/** Parameters of a profile that none of its backends would be sent, each with its key. */
export function unknownParams(
  name: string,
  profiles: Pick<ProfileSet, "lookup">,
  backends: Pick<KnownBackends, "find">,
): readonly string[] {
  const found = profiles.lookup(name);
  if (!found.found) return [];
  const reached = leaves(name, profiles, backends);
  if (reached.length === 0) return [];
  const extra = reached.flatMap(({ extraParams }) => extraParams);
  const types = [...new Set(reached.map(({ type }) => type))].join(", ");
  return Object.keys(found.profile.params)
    .filter((param) => !isSendable(param, extra))
    .map((param) => `params.${param}: no parameter of ${types} backends, it is left out`);
}

function leaves(
  name: string,
  profiles: Pick<ProfileSet, "lookup">,
  backends: Pick<KnownBackends, "find">,
): readonly Backend[] {
  const found = profiles.lookup(name);
  if (!found.found) return [];
  if (found.profile.type === "loadbalancer") {
    return found.profile.members.flatMap((member) => leaves(member, profiles, backends));
  }
  const backend = backends.find(found.profile.backend);
  return backend === undefined ? [] : [backend];
}
