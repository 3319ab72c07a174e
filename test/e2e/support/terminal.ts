import { spawnSync } from "node:child_process";
import { type RunOptions, shellPrelude } from "./program.ts";
import type { Workspace } from "./workspace.ts";

const found = spawnSync("script", ["--version"], { encoding: "utf8" });

/** Why no terminal can be had here, or undefined. Tests that need one are skipped with this reason. */
export const NO_TERMINAL =
  found.status === 0 && /util-linux/.test(found.stdout)
    ? undefined
    : "no util-linux `script` on this machine";

if (NO_TERMINAL !== undefined) process.stderr.write(`terminal tests are skipped: ${NO_TERMINAL}\n`);

/** How a run on a terminal ended. What the terminal got is one text: line ends are CR LF. */
export interface TerminalEnded {
  readonly code: number | null;
  readonly screen: string;
}

/**
 * Runs a line of `sh`, in which `nexus` is the program, on a terminal of its own. Standard input is that terminal unless
 * the line says otherwise.
 */
export async function onTerminal(
  space: Workspace,
  line: string,
  options: RunOptions = {},
): Promise<TerminalEnded> {
  const { code, stdout } = await space.shell(terminalLine(line), {
    ...options,
    env: { TERM: "xterm-256color", ...options.env },
  });
  return { code, screen: stdout };
}

/** The `sh` line that gives another one a terminal, for tests that talk to the program while it runs. */
export function terminalLine(line: string): string {
  return `export NEXUS_SCRIPT=${quote(`stty cols 100 rows 30; ${shellPrelude()}; ${line}`)}; exec script -qec 'eval "$NEXUS_SCRIPT"' /dev/null`;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
