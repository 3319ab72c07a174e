import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { platform, tmpdir } from "node:os";
import { basename, join } from "node:path";
import { Problem } from "../../core/problem.ts";
import { writeFailed } from "../../files/file-problem.ts";
import type { CommandContext } from "../app.ts";

/**
 * Lets a person edit a text in $VISUAL or $EDITOR, then saves it. `file` is what the text belongs to. When `save` throws,
 * the edited text is kept in a temporary file that the `Problem` names. False when nothing was edited.
 */
export async function editText(
  context: CommandContext,
  file: string,
  text: string,
  save: (edited: string) => Promise<void>,
): Promise<boolean> {
  const command = editorOf(context);
  const directory = await temporaryDirectory();
  const copy = join(directory, basename(file));
  let keep = false;
  try {
    await writeFile(copy, text, { mode: 0o600 }).catch((error: unknown) =>
      Promise.reject(writeFailed(copy, error)),
    );
    await runEditor(command, copy);
    const edited = await readFile(copy, "utf8");
    if (edited === text) return false;
    keep = true;
    await saveOr(save, edited, copy);
    keep = false;
    return true;
  } finally {
    if (!keep) await rm(directory, { recursive: true, force: true });
  }
}

async function temporaryDirectory(): Promise<string> {
  try {
    return await mkdtemp(join(tmpdir(), "nexus-"));
  } catch (error) {
    throw writeFailed(tmpdir(), error);
  }
}

async function saveOr(save: (edited: string) => Promise<void>, edited: string, copy: string): Promise<void> {
  try {
    await save(edited);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    throw new Problem(
      error.kind,
      error.code,
      error.message,
      `nothing was changed; what you wrote is in ${copy}`,
    );
  }
}

function editorOf({ app, globals }: CommandContext): string {
  const stated = app.env["VISUAL"] || app.env["EDITOR"];
  if (stated) return stated;
  if (app.stdin.isTTY && globals.input) return platform() === "win32" ? "notepad" : "vi";
  throw new Problem(
    "usage",
    "no_editor",
    "no editor is set",
    "set VISUAL or EDITOR, for example EDITOR=nano",
  );
}

/** The variable may hold arguments (`code --wait`), so a shell takes it apart, as git does. */
async function runEditor(command: string, file: string): Promise<void> {
  const code = await new Promise<number | null>((resolve, reject) => {
    const editor =
      platform() === "win32"
        ? spawn(`${command} "${file}"`, { shell: true, stdio: "inherit" })
        : spawn("/bin/sh", ["-c", `${command} "$1"`, "nexus", file], { stdio: "inherit" });
    editor.once("error", reject);
    editor.once("close", resolve);
  });
  if (code === 0) return;
  throw new Problem(
    "io",
    "editor_failed",
    `the editor (${command}) ended with code ${code}`,
    "nothing was changed",
  );
}
