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

  parent
    .command("completion")
    .description("Print the completion script of a shell.")
    .addArgument(new Argument("<shell>", "the shell to print it for").choices(SHELLS))
    .addHelpText(
      "after",
      `
Examples:
  source <(nexus completion bash)        now, in this shell; put it in ~/.bashrc to keep it
  nexus completion zsh > ~/.zfunc/_nexus
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
};
