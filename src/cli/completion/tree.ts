import type { Command, Option } from "commander";
import { type LiveKind, liveArgument, liveFlag } from "./live.ts";

/** One flag as completion shows it. */
export interface FlagNode {
  /** `--profile`, `-p`: every spelling. */
  readonly names: readonly string[];
  readonly description: string;
  /** Undefined: the flag takes no value. */
  readonly value: ValueNode | undefined;
  /** Whether it may be given more than once. */
  readonly repeats: boolean;
}

/** What may stand in the place of a value. */
export interface ValueNode {
  readonly name: string;
  /** Every allowed value, empty when any text is. */
  readonly choices: readonly string[];
  readonly kind: "text" | "file" | "directory" | LiveKind;
  /** Whether any number may follow. */
  readonly repeats: boolean;
}

/** One command with everything below it. */
export interface CommandNode {
  readonly name: string;
  /** Names from the program down: `nexus profile save`. */
  readonly path: string;
  readonly description: string;
  readonly flags: readonly FlagNode[];
  readonly arguments: readonly ValueNode[];
  readonly commands: readonly CommandNode[];
}

/** Reads commander's tree into the facts completion needs. Hidden commands and flags stay hidden. */
export function commandTree(command: Command, above: readonly string[] = []): CommandNode {
  const help = command.createHelp();
  const names = [...above, command.name()];
  return {
    name: command.name(),
    path: names.join(" "),
    description: firstSentence(help.subcommandDescription(command)),
    flags: [...help.visibleOptions(command), ...globalOptions(command)].map(flag),
    arguments: command.registeredArguments.map((argument) =>
      valueNode(argument.name(), argument.argChoices ?? [], {
        live: liveArgument(names.join(" "), argument.name()),
        repeats: argument.variadic,
      }),
    ),
    commands: help
      .visibleCommands(command)
      // Commander adds a `help` to every group; one, at the top, is enough.
      .filter((child) => above.length === 0 || child.name() !== "help")
      .map((child) => commandTree(child, names)),
  };
}

/** The command itself and every command below it, in the order of the help. */
export function allCommands(node: CommandNode): readonly CommandNode[] {
  return [node, ...node.commands.flatMap(allCommands)];
}

function globalOptions(command: Command): readonly Option[] {
  const own = new Set(command.options.map((option) => option.attributeName()));
  return ancestors(command)
    .flatMap((above) => above.options)
    .filter((option) => !option.hidden && option.long !== "--version" && !own.has(option.attributeName()));
}

function ancestors(command: Command): readonly Command[] {
  return command.parent === null ? [] : [command.parent, ...ancestors(command.parent)];
}

function flag(option: Option): FlagNode {
  const [, placeholder] = /[<[]([^>\].]+)/.exec(option.flags) ?? [];
  const names = [option.short, option.long].filter((name) => name !== undefined);
  return {
    names,
    description: firstSentence(option.description),
    value:
      placeholder === undefined
        ? undefined
        : valueNode(placeholder, option.argChoices ?? [], { live: liveFlag(names) }),
    repeats: option.variadic || Array.isArray(option.defaultValue),
  };
}

function valueNode(
  name: string,
  choices: readonly string[],
  { live, repeats = false }: { readonly live: LiveKind | undefined; readonly repeats?: boolean },
): ValueNode {
  const kind = live ?? (/file$/i.test(name) ? "file" : /dir$/i.test(name) ? "directory" : "text");
  return { name, choices, kind, repeats };
}

function firstSentence(text: string): string {
  return text.split(/\n|(?<=\.)\s/)[0]?.replace(/\.$/, "") ?? "";
}
