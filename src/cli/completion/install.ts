import { readFile } from "node:fs/promises";
import { basename, isAbsolute, join } from "node:path";
import type { Command } from "commander";
import { Problem } from "../../core/problem.ts";
import { readFailed } from "../../files/file-problem.ts";
import { replaceFile } from "../../files/replace.ts";
import type { CommandContext, Env } from "../app.ts";
import { EXIT } from "../exit-codes.ts";
import { print, printJson } from "../output/print.ts";
import { quote } from "./quote.ts";
import { completionScript } from "./scripts.ts";
import { isShell, SHELLS, type Shell } from "./shells.ts";

/** Where a shell's script belongs, and the line of its start-up file without which it is not found. */
interface Place {
  readonly file: string;
  readonly startup?: { readonly file: string; readonly line: string };
}

/** What became of a file. */
type Change = "written" | "current";

/** Stands at the end of the line that is ours in a start-up file. */
const OURS = "# nexus completion";

/**
 * `nexus completion install [SHELL]`: puts the script where the shell looks. Run again it changes nothing, or brings what
 * is there up to date. Throws a `Problem` where no shell or home is known, and where somebody else's file is in the way.
 */
export async function installCompletion(
  { app }: CommandContext,
  word: string | undefined,
  flags: { readonly json?: boolean },
  program: Command,
): Promise<number> {
  const shell = shellOf(word, app.env);
  const { file, startup } = placeOf(shell, app.env);
  const former = await textOf(file);
  if (former !== undefined && former !== "" && !former.includes("completion for nexus")) {
    throw new Problem(
      "usage",
      "file_in_the_way",
      `${file} is not from nexus, and stays as it is`,
      "move it away first",
    );
  }
  const script = await change(file, former, completionScript(shell, program));
  const line = startup && (await change(startup.file, ...(await withLine(startup))));
  if (flags.json) {
    const files = { file, result: script, startup_file: startup?.file ?? null, startup_result: line ?? null };
    await printJson(app, { shell, ...files });
    return EXIT.ok;
  }
  await print(app, `${told(script)} ${file}\n`);
  if (startup !== undefined && line !== undefined) {
    await print(app, `${line === "written" ? "wrote a line to" : "its line stands in"} ${startup.file}\n`);
  }
  await print(app, `it holds in every ${shell} that is started from now on\n`);
  return EXIT.ok;
}

function shellOf(word: string | undefined, { SHELL = "" }: Env): Shell {
  const name = word ?? basename(SHELL);
  if (isShell(name)) return name;
  const message =
    name === "" ? "no shell is named, and SHELL is not set" : `there is no completion for ${name}`;
  throw new Problem("usage", "usage", message, `name one: nexus completion install ${SHELLS.join("|")}`);
}

function placeOf(shell: Shell, env: Env): Place {
  const home = env["HOME"];
  if (home === undefined || !isAbsolute(home)) {
    throw new Problem(
      "usage",
      "home_unknown",
      "HOME is not set",
      `print it instead: nexus completion ${shell}`,
    );
  }
  const below = (variable: string, fallback: string) =>
    isAbsolute(env[variable] ?? "") ? (env[variable] ?? "") : join(home, fallback);
  const data = below("XDG_DATA_HOME", ".local/share");
  if (shell === "fish")
    return { file: join(below("XDG_CONFIG_HOME", ".config"), "fish/completions/nexus.fish") };
  if (shell === "zsh") {
    const file = join(data, "zsh/site-functions/_nexus");
    const line = `(( $+functions[compdef] )) || { autoload -Uz compinit && compinit; }; source ${quote(file)}`;
    return { file, startup: { file: join(below("ZDOTDIR", "."), ".zshrc"), line } };
  }
  // The package bash-completion finds it there by itself; where it is not in use the line does.
  const file = join(env["BASH_COMPLETION_USER_DIR"] || join(data, "bash-completion"), "completions/nexus");
  const line = `[[ $BASH_COMPLETION_VERSINFO ]] || source ${quote(file)}`;
  return { file, startup: { file: join(home, ".bashrc"), line } };
}

/** The text of a start-up file, and the same with our line in it, once. */
async function withLine({
  file,
  line,
}: {
  file: string;
  line: string;
}): Promise<[string | undefined, string]> {
  const former = await textOf(file);
  const lines = (former ?? "").split("\n");
  const wanted = `${line} ${OURS}`;
  const at = lines.findIndex((one) => one.endsWith(OURS));
  if (at >= 0) return [former, lines.with(at, wanted).join("\n")];
  const before =
    former === undefined || former === "" || former.endsWith("\n") ? (former ?? "") : `${former}\n`;
  return [former, `${before}${wanted}\n`];
}

async function change(file: string, former: string | undefined, text: string): Promise<Change> {
  if (former === text) return "current";
  await replaceFile(file, text);
  return "written";
}

function told(change: Change): string {
  return change === "written" ? "wrote" : "up to date:";
}

async function textOf(file: string): Promise<string | undefined> {
  return readFile(file, "utf8").catch((error: unknown) => readFailed(file, error));
}
