import type { InitFlags } from "../init/init.ts";
import type { Register } from "../program.ts";

/** `nexus init`: the way to a first answer. */
export const register: Register = (parent, run) => {
  parent
    .command("init")
    .description("Find keys and local servers, try one, and save it as the default profile.")
    .option("--backend <name>", "which backend shall answer")
    .option("--model <id>", "which of its models (default: the provider's usual one)")
    .option("--name <name>", "name of the profile (default: that of the backend)")
    .option("--test", "try it with one short question before saving (default without a terminal)")
    .option("--no-test", "save it untried")
    .option("--force", "replace a profile of that name")
    .addHelpText(
      "after",
      `
Examples:
  nexus init
  nexus init --backend ollama --model llama3.2 --name local
  nexus init --backend openai --no-test

On a terminal it asks for what no flag says. Nothing is saved before the last question is answered.`,
    )
    .action(
      run<InitFlags>(async (context, flags) => {
        const { init } = await import("../init/init.ts");
        return init(context, flags);
      }),
    );
};
