import { Problem } from "../../core/problem.ts";
import type { CommandContext } from "../app.ts";

/** Whether questions can be asked: a person is at both ends, and nobody said not to. */
export function canAsk({ app, globals }: CommandContext): boolean {
  return globals.input && app.stdin.isTTY && app.stderr.isTTY && !app.env["CI"];
}

/** Asks before something is lost; leaving with Ctrl-C is a `Problem` (interrupted). Without a person to ask, a `Problem` names `--force`. */
export async function confirmed(context: CommandContext, question: string): Promise<boolean> {
  if (!canAsk(context)) {
    const message = `${question} Nobody can be asked here`;
    throw new Problem("usage", "confirmation_needed", message, "say --force to do it without asking");
  }
  const { confirm } = await import("@inquirer/prompts");
  const { stdin: input, stderr: output } = context.app;
  const answer = await unlessLeft(confirm({ message: question, default: false }, { input, output }));
  if (answer === undefined)
    throw new Problem("interrupted", "interrupted", "left with Ctrl-C: nothing was changed");
  return answer;
}

/** What a prompt was answered, or undefined when it was left with Ctrl-C. */
export async function unlessLeft<T>(prompt: Promise<T>): Promise<T | undefined> {
  try {
    return await prompt;
  } catch (error) {
    if (error instanceof Error && error.name === "ExitPromptError") return undefined;
    throw error;
  }
}
