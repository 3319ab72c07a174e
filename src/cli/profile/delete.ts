import { changeProfiles, type ProfileChanges } from "../../config/change-profiles.ts";
import { memberFault } from "../../config/profile-file.ts";
import type { ProfileSet } from "../../config/profiles.ts";
import type { JsonObject } from "../../core/json.ts";
import { Problem } from "../../core/problem.ts";
import type { CommandContext } from "../app.ts";
import { confirmed } from "../asking/confirm.ts";
import type { ForceFlag } from "../commands/profile.ts";
import { EXIT } from "../exit-codes.ts";
import { note } from "../output/print.ts";
import { openProfiles, savedDefault, storedProfile } from "./open.ts";

/** `profile delete NAME`. */
export async function deleteProfile(
  context: CommandContext,
  { force, cascade }: ForceFlag & { cascade?: boolean },
  [name = ""]: readonly string[],
): Promise<number> {
  const { configuration, profiles } = await openProfiles(context);
  storedProfile(profiles, name);
  const { documents } = cascading(profiles, name);
  const isDefault = (await savedDefault(configuration.paths)) === name;
  if (!cascade) refuseWhileReferenced(name, profiles.referrers(name), isDefault);
  if (!force && !(await confirmed(context, `Delete ${gone(documents).join(", ")}?`))) {
    note(context, "nothing was changed");
    return EXIT.ok;
  }
  let done = documents;
  await changeProfiles(configuration.paths, (now) => {
    storedProfile(now, name);
    if (!cascade) refuseWhileReferenced(name, now.referrers(name), isDefault);
    const changes = cascading(now, name);
    done = changes.documents;
    return changes;
  });
  const changed = [...done.keys()].filter((each) => done.get(each) !== undefined);
  note(
    context,
    `deleted ${gone(done).join(", ")}${changed.length > 0 ? `, taken out of ${changed.join(", ")}` : ""}`,
  );
  return EXIT.ok;
}

/** What has to change when a profile goes: load balancers lose it, and go too when too little is left of them. */
function cascading(profiles: ProfileSet, name: string): ProfileChanges {
  const documents = new Map<string, JsonObject | undefined>([[name, undefined]]);
  const remove = (removed: string) => {
    for (const referrer of profiles.referrers(removed)) {
      const document = documents.has(referrer)
        ? documents.get(referrer)
        : profiles.stored(referrer)?.document;
      const reading = profiles.stored(referrer)?.reading;
      if (document === undefined || !reading?.valid || reading.profile.type === "model") continue;
      const { policy, members } = reading.profile;
      const left = members.filter((member) => !documents.has(member) || documents.get(member) !== undefined);
      if (left.length > 0 && memberFault(referrer, policy, left) === undefined) {
        documents.set(referrer, { ...document, profiles: left });
      } else {
        documents.set(referrer, undefined);
        remove(referrer);
      }
    }
  };
  remove(name);
  return { documents, config: (current) => withoutDefault(current, documents) };
}

function withoutDefault(
  current: JsonObject,
  documents: ReadonlyMap<string, JsonObject | undefined>,
): JsonObject {
  const { default_profile: name, ...rest } = current;
  return typeof name === "string" && documents.has(name) && documents.get(name) === undefined
    ? rest
    : current;
}

function refuseWhileReferenced(name: string, referrers: readonly string[], isDefault: boolean): void {
  const by = [...referrers.map((other) => `profile "${other}"`), ...(isDefault ? ["default_profile"] : [])];
  if (by.length === 0) return;
  throw new Problem(
    "config",
    "profile_in_use",
    `profile "${name}" is used by ${by.join(", ")}`,
    "--cascade takes it out of there too; nothing was changed",
  );
}

function gone(documents: ReadonlyMap<string, JsonObject | undefined>): readonly string[] {
  return [...documents.keys()].filter((name) => documents.get(name) === undefined);
}
