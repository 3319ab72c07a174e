import type { ProfileSet } from "../../config/profiles.ts";

/** A profile and everything it leads to, one line each, drawn as a tree; what is broken says why. */
export function profileTree(name: string, profiles: Pick<ProfileSet, "lookup">): readonly string[] {
  return [`${name}  ${leadsTo(name, profiles)}`, ...branches(name, profiles, [name])];
}

function branches(
  name: string,
  profiles: Pick<ProfileSet, "lookup">,
  above: readonly string[],
): readonly string[] {
  const found = profiles.lookup(name);
  if (!found.found || found.profile.type === "model") return [];
  const { members } = found.profile;
  const width = Math.max(...members.map((member) => member.length));
  return members.flatMap((member, at) => {
    const last = at === members.length - 1;
    const line = `${last ? "└─" : "├─"} ${member.padEnd(width)}  ${leadsTo(member, profiles)}`;
    const below = above.includes(member) ? [] : branches(member, profiles, [...above, member]);
    return [line, ...below.map((each) => `${last ? "  " : "│ "} ${each}`)];
  });
}

function leadsTo(name: string, profiles: Pick<ProfileSet, "lookup">): string {
  const found = profiles.lookup(name);
  if (!found.found) return found.why;
  const { profile } = found;
  return profile.type === "model" ? `${profile.model} @ ${profile.backend}` : profile.policy;
}
