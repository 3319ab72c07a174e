import type { Command } from "commander";
import { bashCompletion } from "./bash.ts";
import { fishCompletion } from "./fish.ts";
import type { Shell } from "./shells.ts";
import { type CommandNode, commandTree } from "./tree.ts";
import { zshCompletion } from "./zsh.ts";

interface ShellScript {
  /** Name of the file below `completions/`, as the shell looks for it. */
  readonly file: string;
  readonly script: (root: CommandNode) => string;
}

/** How each shell's script is made, and the file it is shipped as. */
export const SCRIPTS: Readonly<Record<Shell, ShellScript>> = {
  bash: { file: "nexus.bash", script: bashCompletion },
  zsh: { file: "_nexus", script: zshCompletion },
  fish: { file: "nexus.fish", script: fishCompletion },
};

/** The completion script of one shell for everything below `program`. */
export function completionScript(shell: Shell, program: Command): string {
  return SCRIPTS[shell].script(commandTree(program));
}
