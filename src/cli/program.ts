import { Command, CommanderError, Option, type OptionValues } from "commander";
import packageJson from "../../package.json" with { type: "json" };
import type { App, CommandContext, Globals } from "./app.ts";
import { COMMANDS } from "./commands/index.ts";
import { EXIT } from "./exit-codes.ts";
import { print } from "./output/print.ts";
import { reflow } from "./output/reflow.ts";

/**
 * A command's file: declares its flags here, and imports its work only when it runs. `nexus` runs another command line,
 * for a command that is made of others.
 */
export type Register = (parent: Command, run: Runner, nexus: typeof runProgram) => void;

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

/** Commander's ways to say that help or version was asked for; a group of commands without one shows its help too. */
const SHOWN: ReadonlySet<string> = new Set([
  "commander.helpDisplayed",
  "commander.help",
  "commander.version",
]);

/** Runs one command line and returns its exit code. Tells every failure; throws nothing. */
export async function runProgram(argv: readonly string[], app: App): Promise<number> {
  let exit: number = EXIT.ok;
  const run: Runner =
    <O extends OptionValues>(work: Work<O>) =>
    async (...parameters) => {
      const command = parameters.at(-1);
      if (!(command instanceof Command)) throw new TypeError("commander gave no command");
      const { configDir, color, input, quiet } = command.optsWithGlobals<Globals>();
      const globals = { color, input, quiet: quiet === true };
      const context = { app, globals: configDir === undefined ? globals : { ...globals, configDir } };
      // Commander gives a flag that a group and its command both have to the group.
      exit = await work(context, command.optsWithGlobals<O>(), command.args);
    };
  let help = "";
  const program = createProgram().configureOutput({
    writeOut: (text) => {
      help += text;
    },
    // Commander shows the help of a bare group as an error; the text of real errors is ours.
    writeErr: (text) => {
      help += text;
    },
    outputError: () => {},
    getOutHelpWidth: () => app.stdout.columns || 80,
    getErrHelpWidth: () => app.stdout.columns || 80,
  });
  for (const register of COMMANDS) register(program, run, runProgram);
  try {
    await program.parseAsync(argv, { from: "user" }).catch((error: unknown) => {
      if (!(error instanceof CommanderError && SHOWN.has(error.code))) throw error;
    });
    if (help !== "") await print(app, reflow(help, app.stdout.columns || 80));
    return exit;
  } catch (error) {
    const { reportFailure } = await import("./output/failure-report.ts");
    return reportFailure(error, argv, app, program);
  }
}

/** The program with its global flags. Commands inherit its settings when they are added to it. */
function createProgram(): Command {
  return new Command("nexus")
    .description(
      "Chat through several LLM backends: load-balancer profiles, failover, and an honest chain log.",
    )
    .version(packageJson.version, "-V, --version")
    .helpOption("-h, --help", "show this help")
    .helpCommand(false)
    .addOption(new Option("--config-dir <dir>", "configuration directory"))
    .addOption(new Option("--color <when>", "colour").choices(["auto", "always", "never"]).default("auto"))
    .option("--no-input", "never prompt")
    .option("-q, --quiet", "print no notes on stderr")
    .addHelpText(
      "after",
      `
Examples:
  nexus chat "Why is the sky blue?"
  nexus profile save loadbalancer failover-lb failover fast local
  git diff | nexus chat --profile failover-lb "write a commit message"
  nexus demo`,
    )
    .addHelpText("afterAll", "\nExit codes: `nexus help exit-codes`")
    .exitOverride()
    .showSuggestionAfterError();
}
