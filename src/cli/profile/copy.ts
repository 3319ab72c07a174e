import type { CommandContext } from "../app.ts";
import type { ForceFlag } from "../commands/profile.ts";
import { openProfiles, validProfile } from "./open.ts";
import { saveProfile } from "./write.ts";

/** `profile copy NAME NEW-NAME`. */
export async function copyProfile(
  context: CommandContext,
  { force }: ForceFlag,
  [from = "", name = ""]: readonly string[],
): Promise<number> {
  const opened = await openProfiles(context);
  const { document } = validProfile(opened.profiles, from);
  return saveProfile(context, opened, { name, document, force });
}
