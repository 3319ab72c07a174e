import { rm, stat, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { loadProfiles } from "../../config/profiles.ts";
import { formatJson } from "../../config/write-file.ts";
import { Problem } from "../../core/problem.ts";
import { writeFailed } from "../../files/file-problem.ts";
import { replaceFile } from "../../files/replace.ts";
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
  await write(file, text, force === true);
  note(context, `wrote ${file}`);
  return EXIT.ok;
}

async function write(file: string, text: string, force: boolean): Promise<void> {
  const there = await stat(file).catch(() => undefined);
  if (there !== undefined && !force) {
    throw new Problem("usage", "file_exists", `${file}: the file exists`, "say --force to replace it");
  }
  if (there?.isFile()) return replaceFile(file, text);
  try {
    // A device or a pipe is written to; what is new is new, or gone again.
    await writeFile(file, text, { flag: there === undefined ? "wx" : "w" });
  } catch (error) {
    if (there === undefined) await rm(file, { force: true }).catch(() => {});
    throw writeFailed(file, error);
  }
}
