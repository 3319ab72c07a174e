import { loadProfiles } from "../../config/profiles.ts";
import { formatJson } from "../../config/write-file.ts";
import type { CommandContext } from "../app.ts";
import type { ForceFlag } from "../commands/profile.ts";
import { EXIT } from "../exit-codes.ts";
import { exportText } from "../output/export-text.ts";
import { pathsOf, validProfile } from "./open.ts";

/** `profile export NAME [FILE]`. A profile holds no secret. */
export async function exportProfile(
  context: CommandContext,
  { force }: ForceFlag,
  [name = "", target]: readonly string[],
): Promise<number> {
  const text = formatJson(validProfile(await loadProfiles(pathsOf(context)), name).document);
  await exportText(context, text, { target, force: force === true });
  return EXIT.ok;
}
