import { changeProfiles } from "../../config/change-profiles.ts";
import type { Configuration } from "../../config/load.ts";
import { checkNewName } from "../../config/names.ts";
import { PROFILE_VERSION } from "../../config/profile-file.ts";
import { loadProfiles, type ProfileSet, profileFile } from "../../config/profiles.ts";
import type { JsonObject } from "../../core/json.ts";
import { Problem } from "../../core/problem.ts";
import type { CommandContext } from "../app.ts";
import { canAsk, confirmed } from "../asking/confirm.ts";
import { EXIT } from "../exit-codes.ts";
import { note, warn } from "../output/print.ts";
import { knownBackends } from "./backends.ts";
import { shadowed } from "./shadowed.ts";
import { unknownParams } from "./unknown-params.ts";

/** A document to be saved under a name, and whether one that is there may go without asking. */
export interface Saving {
  readonly name: string;
  readonly document: JsonObject;
  readonly force: boolean | undefined;
}

/** Saves a profile, new or over an existing one, and says so. Returns the exit code. */
export async function saveProfile(
  context: CommandContext,
  { configuration, profiles }: { configuration: Configuration; profiles: ProfileSet },
  { name, document, force }: Saving,
): Promise<number> {
  checkNewName(name, profiles.names());
  const replaces = profiles.stored(name) !== undefined;
  if (replaces && !(await mayReplace(context, profiles, name, force))) {
    note(context, "nothing was changed");
    return EXIT.ok;
  }
  const { paths } = configuration;
  await changeProfiles(paths, (now) => {
    checkNewName(name, now.names());
    if (!replaces && now.stored(name) !== undefined) throw exists(name);
    return { documents: new Map([[name, document]]) };
  });
  await warnOf(context, configuration, name);
  if (!replaces) for (const text of await shadowed(name, configuration)) warn(context, text);
  note(context, `saved profile "${name}" (${profileFile(paths, name)})`);
  return EXIT.ok;
}

/** Says what is odd in a profile that was just written. */
export async function warnOf(
  context: CommandContext,
  configuration: Configuration,
  name: string,
): Promise<void> {
  const profiles = await loadProfiles(configuration.paths);
  const backends = knownBackends(configuration, context.app.env);
  for (const text of [...profiles.warnings(name), ...unknownParams(name, profiles, backends)]) {
    warn(context, `profile "${name}": ${text}`);
  }
}

/** A file that this program cannot read is never replaced: nobody knows what would be lost. */
async function mayReplace(
  context: CommandContext,
  profiles: ProfileSet,
  name: string,
  force: boolean | undefined,
): Promise<boolean> {
  const stored = profiles.stored(name);
  const version = stored?.document?.["version"];
  const newer = typeof version === "number" && version > PROFILE_VERSION;
  if (stored !== undefined && !stored.reading.valid && (stored.document === undefined || newer)) {
    throw new Problem(
      "config",
      "profile_invalid",
      `profile "${name}" (${stored.file}): ${stored.reading.why}`,
      "it is left as it is; mend it with `nexus profile edit`, or delete it first",
    );
  }
  if (force) return true;
  if (!canAsk(context)) throw exists(name);
  return confirmed(context, `There is a profile "${name}". Replace it?`);
}

function exists(name: string): Problem {
  return new Problem(
    "usage",
    "profile_exists",
    `there is a profile "${name}" already`,
    "say --force to replace it",
  );
}
