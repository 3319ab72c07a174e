import type { Register } from "../program.ts";

/** `nexus models`: what can be asked. */
export const register: Register = (parent, run) => {
  parent
    .command("models")
    .description("List the models of all backends, asked of them now.")
    .option("--backend <name>", "of this backend only")
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      `
Examples:
  nexus models
  nexus models --backend ollama --json | jq -r '.[].model'`,
    )
    .action(
      run<{ backend?: string; json?: boolean }>(async (context, flags) => {
        const { showModels } = await import("../models/show.ts");
        return showModels(context, flags);
      }),
    );
};
