import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { loadProfiles } from "../../config/profiles.ts";
import { formatJson } from "../../config/write-file.ts";
import { Problem } from "../../core/problem.ts";
import { systemCode, writeFailed } from "../../files/file-problem.ts";
import type { CommandContext } from "../app.ts";
import type { ForceFlag } from "../commands/profile.ts";
import { EXIT } from "../exit-codes.ts";
import { note, print } from "../output/print.ts";
import { pathsOf, validProfile } from "./open.ts";

/** `profile export NAME [FILE]`. The file holds no secret, so it is made as any other file of the user's. */
export async function exportProfile(
  context: CommandContext,
  { force }: ForceFlag,
  [name = "", target]: readonly string[],
): Promise<number> {
  const { app } = context;
  const text = formatJson(validProfile(await loadProfiles(pathsOf(context)), name).document);
  if (target === undefined || target === "-") {
    await print(app, text);
    return EXIT.ok;
  }
  const file = resolve(app.cwd, target);
  try {
    await writeFile(file, text, { flag: force ? "w" : "wx" });
  } catch (error) {
    if (systemCode(error) !== "EEXIST") throw writeFailed(file, error);
    throw new Problem("usage", "file_exists", `${file}: the file exists`, "say --force to replace it");
  }
  note(context, `wrote ${file}`);
  return EXIT.ok;
}
