import { type Command, CommanderError } from "commander";
import { Problem } from "../../core/problem.ts";
import { oneLine } from "../../core/text.ts";
import type { App } from "../app.ts";
import { EXIT, exitCodeOf } from "../exit-codes.ts";
import { neutralise } from "./neutralise.ts";
import { earlyErrorJson, unansweredText } from "./unanswered.ts";
import { writeErr, writeOut } from "./write.ts";

/** What went wrong, in the shape that text and JSON are made from. */
export interface Told {
  /** `UsageError`, `ConfigurationError`, `NotFound`, `InputError`, `OutputError`, `Interrupted` or `InternalError`. */
  readonly name: string;
  readonly code: string;
  readonly message: string;
  readonly hint: string | undefined;
  readonly exit: number;
}

/**
 * Tells what ended a command and returns the exit code: two lines on standard error, or, when the command line asks for
 * JSON, an object on standard output.
 */
export async function reportFailure(
  error: unknown,
  argv: readonly string[],
  app: App,
  program: Command,
): Promise<number> {
  const command = commandNamed(argv, program);
  const told = tell(error, command);
  const mode = jsonMode(argv);
  if (mode !== undefined && told.name !== "OutputError") {
    try {
      await writeOut(app.stdout, asJson(told, mode, command === "nexus chat"));
      tellStack(error, app);
      return told.exit;
    } catch {
      // Standard output cannot be written either: standard error is left.
    }
  }
  const hint = told.hint === undefined ? "" : `  ${told.hint.replaceAll("\n", "\n  ")}\n`;
  writeErr(app.stderr, neutralise(`nexus: ${told.message}\n${hint}`));
  tellStack(error, app);
  return told.exit;
}

/** The mode that the command line asks for, also where it is too broken to be parsed. */
export function jsonMode(argv: readonly string[]): "json" | "ndjson" | undefined {
  const end = argv.indexOf("--");
  const flags = end === -1 ? argv : argv.slice(0, end);
  if (flags.includes("--ndjson")) return "ndjson";
  return flags.includes("--json") ? "json" : undefined;
}

function tell(error: unknown, command: string): Told {
  if (error instanceof Problem) {
    const { code, message, hint } = error;
    return { name: NAMES[error.kind], code, message, hint, exit: exitCodeOf(error) };
  }
  if (error instanceof CommanderError) {
    const message = error.message
      .replace(/^error: /, "")
      .replace(/\n\(Did you mean (.*)\?\)$/s, " (did you mean $1?)");
    const hint = `see \`${command} --help\``;
    return { name: NAMES.usage, code: "usage", message, hint, exit: EXIT.usage };
  }
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return {
    name: "InternalError",
    code: "internal_error",
    message: `internal error: ${oneLine(message)}`,
    hint: "this is a bug in nexus; NEXUS_DEBUG=1 shows where",
    exit: EXIT.internal,
  };
}

const NAMES = {
  usage: "UsageError",
  config: "ConfigurationError",
  "not-found": "NotFound",
  input: "InputError",
  io: "OutputError",
  interrupted: "Interrupted",
} as const satisfies Record<Problem["kind"], string>;

/** A chat says every key it has; the other commands have only the error in common. */
function asJson({ name, code, message, hint }: Told, mode: "json" | "ndjson", chat: boolean): string {
  const early = { name, code, message, hint: hint ?? null };
  if (chat) return unansweredText(early, mode);
  const error = earlyErrorJson(early);
  return mode === "json"
    ? `${JSON.stringify({ error }, null, 2)}\n`
    : `${JSON.stringify({ type: "error", error })}\n`;
}

function tellStack(error: unknown, app: App): void {
  if (app.env["NEXUS_DEBUG"] !== "1" || !(error instanceof Error) || error instanceof CommanderError) return;
  writeErr(app.stderr, `${neutralise(error.stack ?? "")}\n`);
}

/** The command that the words of the command line lead to: `nexus profile save`. */
function commandNamed(argv: readonly string[], program: Command): string {
  let command = program;
  const path = [program.name()];
  for (const word of argv) {
    const next = command.commands.find((child) => child.name() === word);
    if (next === undefined) continue;
    command = next;
    path.push(next.name());
  }
  return path.join(" ");
}
