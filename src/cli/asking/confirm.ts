import { Problem } from "../../core/problem.ts";
import type { CommandContext } from "../app.ts";
import { openAsking } from "./ask.ts";

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
  const asking = await openAsking(context);
  return asking.yes(question, false);
}
