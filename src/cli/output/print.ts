import type { App, CommandContext } from "../app.ts";
import { neutralise } from "./neutralise.ts";
import { writeErr, writeOut } from "./write.ts";

/**
 * Prints to standard output as it stands; resolves when it has left the process. A reader that went away is no error;
 * any other failure to write throws a `Problem` of kind `io`.
 */
export async function print(app: App, text: string): Promise<void> {
  await writeOut(app.stdout, text);
}

/** Prints a value as indented JSON and a newline. */
export async function printJson(app: App, value: unknown): Promise<void> {
  await print(app, `${JSON.stringify(value, null, 2)}\n`);
}

/** Says something on standard error: `nexus: text`. Nothing with `-q`. */
export function note(context: CommandContext, text: string): void {
  if (!context.globals.quiet) writeErr(context.app.stderr, `nexus: ${neutralise(text)}\n`);
}

/** Warns on standard error: `nexus: warning: text`. Nothing with `-q`. */
export function warn(context: CommandContext, text: string): void {
  note(context, `warning: ${text}`);
}

/** Tells of bugs of ours that end nothing. */
export function bugTeller(context: CommandContext): (error: unknown) => void {
  return (error) =>
    warn(
      context,
      `internal error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    );
}

/**
 * Prints rows in columns that line up, never cut. The header stands on a terminal only, so that what a script reads is
 * rows and nothing else. No rows print nothing.
 */
export async function table(
  app: App,
  rows: readonly (readonly string[])[],
  header?: readonly string[],
): Promise<void> {
  if (rows.length === 0) return;
  const shown = [...(header !== undefined && app.stdout.isTTY ? [header] : []), ...rows].map((row) =>
    row.map((cell) => neutralise(cell).replaceAll(/[\n\t]/g, " ")),
  );
  const widths: number[] = [];
  for (const row of shown) {
    row.forEach((cell, column) => {
      widths[column] = Math.max(widths[column] ?? 0, width(cell));
    });
  }
  const lines = shown.map((row) =>
    row
      .map((cell, column) => cell + " ".repeat((widths[column] ?? 0) - width(cell)))
      .join("  ")
      .trimEnd(),
  );
  await print(app, `${lines.join("\n")}\n`);
}

function width(cell: string): number {
  return [...cell].length;
}
