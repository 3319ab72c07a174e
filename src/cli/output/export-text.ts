import { rm, stat, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { Problem } from "../../core/problem.ts";
import { writeFailed } from "../../files/file-problem.ts";
import { replaceFile } from "../../files/replace.ts";
import type { CommandContext } from "../app.ts";
import { note, print } from "./print.ts";

/**
 * Writes what is exported to a file as any other of the user's, or to standard output without one and for `-`. Throws a
 * `Problem` when the file exists and `force` is not given, or when it cannot be written.
 */
export async function exportText(
  context: CommandContext,
  text: string,
  { target, force }: { readonly target: string | undefined; readonly force: boolean },
): Promise<void> {
  const { app } = context;
  if (target === undefined || target === "-") return print(app, text);
  const file = resolve(app.cwd, target);
  await write(file, text, force);
  note(context, `wrote ${file}`);
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
