import { isDeepStrictEqual } from "node:util";
import { changeProfiles } from "../../config/change-profiles.ts";
import { checkNewName } from "../../config/names.ts";
import type { ProfileSet } from "../../config/profiles.ts";
import type { JsonObject } from "../../core/json.ts";
import { Problem } from "../../core/problem.ts";
import type { CommandContext } from "../app.ts";
import { EXIT } from "../exit-codes.ts";
import { note } from "../output/print.ts";
import { pathsOf, validProfile } from "./open.ts";

/**
 * `profile rename NAME NEW-NAME`: load balancers and the default follow. A profile of the new name that says the same is
 * what a rename left that was killed: this one finishes it.
 */
export async function renameProfile(
  context: CommandContext,
  [from = "", to = ""]: readonly string[],
): Promise<number> {
  let followed: readonly string[] = [];
  await changeProfiles(pathsOf(context), (profiles) => {
    const { document } = validProfile(profiles, from);
    checkNewName(to, profiles.names());
    const there = profiles.stored(to)?.document;
    if (to === from || (profiles.stored(to) !== undefined && !isDeepStrictEqual(there, document))) {
      throw new Problem(
        "usage",
        "profile_exists",
        `there is a profile "${to}" already`,
        "nothing was changed",
      );
    }
    followed = profiles.referrers(from);
    return {
      documents: new Map([
        [from, undefined],
        [to, document],
        ...followed.map((name): [string, JsonObject] => [name, renamedMember(profiles, name, from, to)]),
      ]),
      config: (current) =>
        current["default_profile"] === from ? { ...current, default_profile: to } : current,
    };
  });
  note(
    context,
    `renamed profile "${from}" to "${to}"${followed.length > 0 ? `, also in ${followed.join(", ")}` : ""}`,
  );
  return EXIT.ok;
}

function renamedMember(profiles: ProfileSet, name: string, from: string, to: string): JsonObject {
  const { document, profile } = validProfile(profiles, name);
  const members = profile.type === "loadbalancer" ? profile.members : [];
  return { ...document, profiles: members.map((member) => (member === from ? to : member)) };
}
