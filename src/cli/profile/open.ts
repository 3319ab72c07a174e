import type { Configuration } from "../../config/load.ts";
import { readObject } from "../../config/parse-json.ts";
import { type Paths, resolvePaths } from "../../config/paths.ts";
import { loadProfiles, type ProfileSet, type StoredProfile } from "../../config/profiles.ts";
import { didYouMean } from "../../core/nearest.ts";
import { Problem } from "../../core/problem.ts";
import type { CommandContext } from "../app.ts";
import { openConfiguration } from "../wiring.ts";

/** Where the files of this run are. */
export function pathsOf({ app, globals }: CommandContext): Paths {
  return resolvePaths({ configDir: globals.configDir }, app.env);
}

/** The configuration and every profile. */
export async function openProfiles(
  context: CommandContext,
): Promise<{ configuration: Configuration; profiles: ProfileSet }> {
  const configuration = await openConfiguration(context);
  return { configuration, profiles: await loadProfiles(configuration.paths) };
}

/** The default profile that `config.json` names, whatever the environment says. */
export async function savedDefault(paths: Paths): Promise<string | undefined> {
  const name = (await readObject(paths.configFile))?.["default_profile"];
  return typeof name === "string" ? name : undefined;
}

/** A saved profile, broken or not. Throws a `Problem` with the nearest names when there is none of that name. */
export function storedProfile(profiles: ProfileSet, name: string): StoredProfile {
  const stored = profiles.stored(name);
  if (stored !== undefined) return stored;
  throw new Problem(
    "not-found",
    "profile_not_found",
    `there is no profile "${name}"${didYouMean(name, profiles.names())}`,
    "`nexus profile list` shows what there is",
  );
}

/** The document of a profile that can be worked with. Throws a `Problem` naming the file when it is broken. */
export function validProfile(profiles: ProfileSet, name: string) {
  const stored = storedProfile(profiles, name);
  const found = profiles.lookup(name);
  if (found.found && stored.document !== undefined) {
    return { ...stored, document: stored.document, profile: found.profile };
  }
  const why = found.found ? "is not valid" : found.why;
  throw new Problem(
    "config",
    "profile_invalid",
    `profile "${name}" (${stored.file}): ${why}`,
    `mend it with \`nexus profile edit ${name}\``,
  );
}
