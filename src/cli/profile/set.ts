import { changeProfiles } from "../../config/change-profiles.ts";
import { profileFile } from "../../config/profiles.ts";
import { Problem } from "../../core/problem.ts";
import type { CommandContext } from "../app.ts";
import { EXIT } from "../exit-codes.ts";
import { note } from "../output/print.ts";
import { openConfiguration } from "../wiring.ts";
import { assign, parseAssignment } from "./assign.ts";
import { validProfile } from "./open.ts";
import { warnOf } from "./write.ts";

/** `profile set NAME key=value …`. */
export async function setInProfile(
  context: CommandContext,
  flags: { unset: readonly string[] },
  [name = "", ...words]: readonly string[],
): Promise<number> {
  const assignments = [
    ...words
      .map((word) => parseAssignment(word, "argument"))
      .map(({ key, text }) => ({ key, text: text || undefined })),
    ...flags.unset.map((key) => ({ key, text: undefined })),
  ];
  if (assignments.length === 0) {
    throw new Problem(
      "usage",
      "profile_set_usage",
      "there is nothing to set",
      "for example: nexus profile set failover-lb failover_retry_count=2",
    );
  }
  const configuration = await openConfiguration(context);
  const { paths } = configuration;
  await changeProfiles(paths, (profiles) => {
    const { document, profile } = validProfile(profiles, name);
    const changed = assignments.reduce((before, each) => assign(before, profile.type, each), document);
    return { documents: new Map([[name, changed]]) };
  });
  await warnOf(context, configuration, name);
  note(context, `saved profile "${name}" (${profileFile(paths, name)})`);
  return EXIT.ok;
}
