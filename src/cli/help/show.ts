import type { Command } from "commander";
import { didYouMean } from "../../core/nearest.ts";
import { Problem } from "../../core/problem.ts";
import type { App } from "../app.ts";
import { print } from "../output/print.ts";
import { reflow } from "../output/reflow.ts";

/** Pages that are no command's help; each is written when it is asked for. */
const PAGES: Readonly<Record<string, () => Promise<string>>> = {
  "exit-codes": async () => (await import("./exit-codes.ts")).exitCodesPage(),
  environment: async () => (await import("./environment.ts")).environmentPage(),
  faults: async () => (await import("./faults.ts")).faultsPage(),
};

/** Prints a page, or the help of the command these words name. Throws `Problem` (usage) when there is neither. */
export async function showHelp(app: App, program: Command, words: readonly string[]): Promise<void> {
  const [first] = words;
  const page = first !== undefined && Object.hasOwn(PAGES, first) ? PAGES[first] : undefined;
  if (page !== undefined)
    return print(app, reflow(await page(), app.stdout.columns || Number.POSITIVE_INFINITY));
  let command = program;
  for (const word of words) {
    const next = command.commands.find((child) => child.name() === word);
    if (next === undefined) throw unknownTopic(words.join(" "), command, program);
    command = next;
  }
  command.outputHelp();
}

function unknownTopic(topic: string, command: Command, program: Command): Problem {
  const names = command.commands.map((child) => child.name());
  const known = command === program ? [...names, ...Object.keys(PAGES)] : names;
  return new Problem(
    "usage",
    "unknown_topic",
    `there is no help on "${topic}"${didYouMean(topic.split(" ").at(-1) ?? topic, known)}`,
    `there is help on: ${known.join(", ")}`,
  );
}
