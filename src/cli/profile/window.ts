import type { ProfileSet } from "../../config/profiles.ts";
import type { KnownBackends } from "./backends.ts";

/** A context window: its size in tokens, and the profile that states it or whose model has it. */
export interface KnownWindow {
  readonly tokens: number;
  readonly of: string;
}

/** What a profile's `context_limit` says, else the smallest window that is known of what it leads to. */
export function knownWindow(
  name: string,
  profiles: Pick<ProfileSet, "lookup">,
  backends: Pick<KnownBackends, "find">,
): KnownWindow | undefined {
  const found = profiles.lookup(name);
  if (!found.found) return undefined;
  const { profile } = found;
  if (profile.contextLimit !== undefined) return { tokens: profile.contextLimit, of: name };
  if (profile.type === "loadbalancer") {
    return profile.members
      .flatMap((member) => knownWindow(member, profiles, backends) ?? [])
      .sort((a, b) => a.tokens - b.tokens)[0];
  }
  const models = backends.find(profile.backend)?.models ?? [];
  const tokens = models.find(({ id }) => id === profile.model)?.contextLength;
  return tokens === undefined ? undefined : { tokens, of: name };
}
