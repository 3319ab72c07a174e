import type { CommandContext } from "../app.ts";
import { startSpinner } from "../output/spinner.ts";

/** Waits for work, and shows on a terminal what is waited for. */
export async function waiting<T>(context: CommandContext, text: string, work: Promise<T>): Promise<T> {
  const spinner = startSpinner(context);
  spinner.say(text);
  try {
    return await work;
  } finally {
    spinner.stop();
  }
}
