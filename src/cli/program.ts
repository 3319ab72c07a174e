import { Command, CommanderError, Option, type OptionValues } from "commander";
import packageJson from "../../package.json" with { type: "json" };
import type { App, CommandContext, Globals } from "./app.ts";
import { COMMANDS } from "./commands/index.ts";

/** A command's file: declares its flags here, and imports its work only when it runs. */
export type Register = (parent: Command, run: Runner) => void;

/**
 * Wraps a command's work into a commander action. `work` gets the context, the command's options and its positional
 * arguments, and returns the exit code.
 */
export type Runner = <O extends OptionValues>(work: Work<O>) => (...parameters: unknown[]) => Promise<void>;

/** What a command does; its result is the exit code. */
export type Work<O extends OptionValues> = (
  context: CommandContext,
  options: O,
  args: readonly string[],
) => Promise<number>;

/** Runs one command line and returns its exit code. */
export async function runProgram(argv: readonly string[], app: App): Promise<number> {
  let exit = 0;
  const program = new Command("nexus");
  const run: Runner =
    <O extends OptionValues>(work: Work<O>) =>
    async (...parameters) => {
      const command = parameters.at(-1);
      if (!(command instanceof Command)) throw new TypeError("commander gave no command");
      const globals = command.optsWithGlobals<Globals>();
      exit = await work({ app, globals }, command.opts<O>(), command.args);
    };
  program
    .description(
      "Chat through several LLM backends: load-balancer profiles, failover, and an honest chain log.",
    )
    .version(packageJson.version, "-V, --version")
    .addOption(new Option("--config-dir <dir>", "configuration directory"))
    .addOption(new Option("--color <when>", "colour").choices(["auto", "always", "never"]).default("auto"))
    .option("--no-input", "never prompt")
    .option("-q, --quiet", "print no notes on stderr")
    .exitOverride()
    .showSuggestionAfterError();
  for (const register of COMMANDS) register(program, run);
  try {
    await program.parseAsync(argv, { from: "user" });
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    throw error;
  }
  return exit;
}
