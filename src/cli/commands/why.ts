import type { Register } from "../program.ts";

/** `nexus why`: what happened to one request. */
export const register: Register = (parent, run) => {
  parent
    .command("why")
    .description("Tell what happened to a past request: who was asked, who answered, and why not the others.")
    .argument("[id]", "its id or the beginning of it, as nexus printed it (default: last)")
    .option("--json", "print JSON, in the words of chat --json")
    .addHelpText(
      "after",
      `
Examples:
  nexus why
  nexus why req_8f2c
  nexus why last --json | jq -r '.attempts[] | [.member, .outcome] | @tsv'

Every request leaves a record in history.db in the state directory, failed ones too. What was asked and answered is not
kept.`,
    )
    .action(
      run<{ json?: boolean }>(async (context, flags, [id = "last"]) => {
        const { showWhy } = await import("../why/show.ts");
        return showWhy(context, flags, id);
      }),
    );
};
