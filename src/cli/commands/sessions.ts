import { Option } from "commander";
import { Problem } from "../../core/problem.ts";
import type { Register } from "../program.ts";

/** `nexus sessions`: conversations that are kept. */
export const register: Register = (parent, run) => {
  const sessions = parent
    .command("sessions")
    .description("Saved conversations: list, show, search, export, rename and delete them.");
  sessions.addHelpText(
    "after",
    `
Examples:
  nexus sessions list
  nexus chat -c "And why is it red in the evening?"

Every conversation of \`nexus chat\` on a terminal is kept, and one-off runs with -c or --session: in sessions.db in the
state directory, which only you can read. \`nexus config set sessions.enabled false\` keeps none.`,
  );

  sessions
    .command("list")
    .description("List saved conversations, the one that was continued last first.")
    .addOption(new Option("--limit <n>", "how many at most").argParser(readLimit).default(50))
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      "\nExamples:\n  nexus sessions list\n  nexus sessions list --json | jq -r '.[].name'",
    )
    .action(
      run<{ json?: boolean; limit: number }>(async (context, flags) => {
        const { listSessions } = await import("../sessions/list.ts");
        return listSessions(context, flags);
      }),
    );

  sessions
    .command("show")
    .description("Show a conversation: what was said, who answered, and what it cost.")
    .argument("[name]", "its name (default: last)")
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      "\nExamples:\n  nexus sessions show\n  nexus sessions show trip --json | jq -r '.log[].answer'",
    )
    .action(
      run<{ json?: boolean }>(async (context, flags, [name]) => {
        const { showSession } = await import("../sessions/show.ts");
        return showSession(context, flags, name);
      }),
    );

  sessions
    .command("search")
    .description("Find turns in which all of these words were said.")
    .argument("<words...>", "words or parts of words, in capital letters or not")
    .addOption(new Option("--limit <n>", "how many at most").argParser(readLimit).default(50))
    .option("--json", "print JSON")
    .addHelpText("after", "\nExamples:\n  nexus sessions search rayleigh")
    .action(
      run<{ json?: boolean; limit: number }>(async (context, flags, words) => {
        const { searchSessions } = await import("../sessions/search.ts");
        return searchSessions(context, flags, words);
      }),
    );

  sessions
    .command("export")
    .description("Write a conversation to a file, or to standard output.")
    .argument("<name>", "its name, or last")
    .argument("[file]", "where to write it")
    .addOption(
      new Option("--format <format>", "of the text").choices(["markdown", "json"]).default("markdown"),
    )
    .option("--force", "replace a file that exists")
    .addHelpText(
      "after",
      "\nExamples:\n  nexus sessions export last talk.md\n  nexus sessions export trip --format json",
    )
    .action(
      run<{ format: "markdown" | "json"; force?: boolean }>(async (context, flags, args) => {
        const { exportSession } = await import("../sessions/export.ts");
        return exportSession(context, flags, args);
      }),
    );

  sessions
    .command("rename")
    .description("Give a conversation another name.")
    .argument("<name>", "its name, or last")
    .argument("<new>", "the new name")
    .addHelpText("after", "\nExamples:\n  nexus sessions rename last trip")
    .action(
      run(async (context, _flags, args) => {
        const { renameSession } = await import("../sessions/change.ts");
        return renameSession(context, args);
      }),
    );

  sessions
    .command("delete")
    .description("Delete conversations for good.")
    .argument("[name...]", "their names")
    .option("--all", "every one, and what was typed at the prompt")
    .option("--force", "do not ask")
    .addHelpText("after", "\nExamples:\n  nexus sessions delete trip --force\n  nexus sessions delete --all")
    .action(
      run<{ all?: boolean; force?: boolean }>(async (context, flags, names) => {
        const { deleteSessions } = await import("../sessions/change.ts");
        return deleteSessions(context, { all: flags.all === true, force: flags.force === true }, names);
      }),
    );
};

function readLimit(text: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new Problem("usage", "usage", `--limit ${text}: has to be a whole number above 0`);
}
