import { updateConfig } from "../../config/store.ts";
import { Problem } from "../../core/problem.ts";
import type { CommandContext } from "../app.ts";
import type { JsonFlag } from "../commands/profile.ts";
import { EXIT } from "../exit-codes.ts";
import { note, print, printJson } from "../output/print.ts";
import { openProfiles, storedProfile } from "./open.ts";

/** `profile default [NAME]`. */
export async function defaultProfile(
  context: CommandContext,
  { json, unset }: JsonFlag & { unset?: boolean },
  [name]: readonly string[],
): Promise<number> {
  const { configuration, profiles } = await openProfiles(context);
  if (unset || name !== undefined) {
    if (unset && name !== undefined) {
      throw new Problem("usage", "profile_default_usage", "name a profile or say --unset, not both");
    }
    if (name !== undefined) storedProfile(profiles, name);
    await updateConfig(configuration.paths, ({ default_profile: _before, ...rest }) =>
      name === undefined ? rest : { ...rest, default_profile: name },
    );
    note(
      context,
      name === undefined ? "there is no default profile now" : `the default profile is "${name}"`,
    );
    return EXIT.ok;
  }
  const current = configuration.defaultProfile;
  if (json) await printJson(context.app, { default_profile: current ?? null });
  else if (current !== undefined) await print(context.app, `${current}\n`);
  if (current !== undefined) return EXIT.ok;
  note(context, "there is no default profile: nexus profile default NAME");
  return EXIT.config;
}
