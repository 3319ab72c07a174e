import { type Configuration, loadConfiguration } from "../config/load.ts";
import { loadProfiles, type ProfileSet, profileFile } from "../config/profiles.ts";
import { Problem } from "../core/problem.ts";
import type { CommandContext } from "./app.ts";
import { warn } from "./output/print.ts";

/** What the files of a configuration say. */
interface Read {
  readonly configuration: Configuration;
  readonly profiles: ProfileSet;
}

/**
 * Reads everything again for a process that lasts, and says what is newly doubtful in it. Throws a `Problem` when the
 * configuration is broken, or a profile is that was not so before: a change is taken whole or not at all.
 */
export async function readAgain(context: CommandContext, before: Read): Promise<Read> {
  const { paths } = before.configuration;
  const [configuration, profiles] = await Promise.all([
    loadConfiguration(paths, context.app.env),
    loadProfiles(paths),
  ]);
  const broken = profiles.names().flatMap((name) => {
    const why = faultOf(profiles, name);
    return why === undefined || why === faultOf(before.profiles, name)
      ? []
      : [`${profileFile(paths, name)}: ${why}`];
  });
  if (broken.length > 0) throw new Problem("config", "profile_invalid", broken.join("; "));
  const known = new Set(before.configuration.warnings);
  for (const text of configuration.warnings) if (!known.has(text)) warn(context, text);
  return { configuration, profiles };
}

function faultOf(profiles: ProfileSet, name: string): string | undefined {
  const found = profiles.lookup(name);
  return found.found ? undefined : found.why;
}
