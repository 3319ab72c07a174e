import type { Register } from "../program.ts";

/** `nexus help`: the help of a command, or a page on a topic. */
export const register: Register = (parent, run) => {
  parent
    .command("help")
    .description("Show the help of a command, or a page: exit-codes, environment, faults.")
    .argument("[topic...]", "a command, or exit-codes, environment or faults")
    .addHelpText(
      "after",
      `
Examples:
  nexus help exit-codes
  nexus help environment
  nexus help chat`,
    )
    .action(
      run(async ({ app }, _options, words) => {
        const { showHelp } = await import("../help/show.ts");
        await showHelp(app, parent, words);
        return 0;
      }),
    );
};
