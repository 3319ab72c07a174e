import { Argument } from "commander";
import { isLive, LIVE_KINDS } from "../completion/live.ts";
import { isShell, SHELLS } from "../completion/shells.ts";
import { print } from "../output/print.ts";
import type { Register } from "../program.ts";

/** `nexus completion SHELL`: prints the script that teaches a shell to complete nexus. */
export const register: Register = (parent, run) => {
  // What the scripts ask while somebody types; of no use to people.
  parent
    .command("__names", { hidden: true })
    .addArgument(new Argument("<kind>").choices(LIVE_KINDS))
    .action(
      run(async (context, _options, [kind]) => {
        if (!isLive(kind)) throw new TypeError("commander let an unknown kind through");
        const { printNames } = await import("../completion/names.ts");
        return printNames(context, kind);
      }),
    );

  const completion = parent
    .command("completion")
    .description("Print the completion script of a shell, or install it.")
    .addArgument(new Argument("<shell>", "the shell to print it for").choices(SHELLS))
    .addHelpText(
      "after",
      `
Examples:
  nexus completion install               for the shell you use, in every one that is started from now on
  source <(nexus completion bash)        now, in this shell
  nexus completion fish > ~/.config/fish/completions/nexus.fish`,
    )
    .action(
      run(async ({ app }, _options, [shell]) => {
        if (!isShell(shell)) throw new TypeError("commander let an unknown shell through");
        const { completionScript } = await import("../completion/scripts.ts");
        await print(app, completionScript(shell, parent));
        return 0;
      }),
    );

  completion
    .command("install")
    .description("Put the completion script where the shell looks for it.")
    .addArgument(new Argument("[shell]", "the shell (default: the one that SHELL names)").choices(SHELLS))
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      `
Examples:
  nexus completion install
  nexus completion install fish --json

bash: a file of the package bash-completion, and a line in ~/.bashrc for where that is not in use. zsh: a file, and a line in
.zshrc that reads it. fish: a file in its directory of completions. Run it again after an update of nexus.`,
    )
    .action(
      run<{ json?: boolean }>(async (context, flags, [shell]) => {
        const { installCompletion } = await import("../completion/install.ts");
        return installCompletion(context, shell, flags, parent);
      }),
    );
};
