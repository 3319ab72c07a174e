import { isLive, LIVE_KINDS } from "./live.ts";
import { quote } from "./quote.ts";
import { allCommands, type CommandNode, type FlagNode, type ValueNode } from "./tree.ts";

/** The completion script for zsh; installed as `_nexus` in a directory of `$fpath`. */
export function zshCompletion(root: CommandNode): string {
  return `#compdef ${root.name}
# zsh completion for ${root.name}. Load it with: source <(${root.name} completion zsh)
${LIVE_KINDS.map(namesFunction).join("\n")}
${allCommands(root).map(commandFunction).join("\n")}
if [ "$funcstack[1]" = "_${root.name}" ]; then
  _${root.name} "$@"
else
  compdef _${root.name} ${root.name}
fi
`;
}

function namesFunction(kind: string): string {
  return `_nexus_names_${kind}() { local -a names=(\${(f)"$(nexus __names ${kind} 2>/dev/null)"}); compadd -a names }`;
}

function commandFunction(command: CommandNode): string {
  const flags = command.flags.map(flagSpec);
  return command.commands.length === 0 ? leafFunction(command, flags) : groupFunction(command, flags);
}

function leafFunction(command: CommandNode, flags: readonly string[]): string {
  const values = command.arguments.map((value, index) =>
    quote(`${value.repeats && isLive(value.kind) ? "*" : index + 1}:${plain(value.name)}:${action(value)}`),
  );
  return `${functionName(command)}() {
  _arguments -s -S \\
    ${[...flags, ...values, ...(values.some((each) => each.startsWith("'*")) ? [] : ["'*::argument:_default'"])].join(" \\\n    ")}
}`;
}

function groupFunction(command: CommandNode, flags: readonly string[]): string {
  const choices = command.arguments.flatMap((argument) => argument.choices.map(quote));
  const commands = command.commands.map(({ name, description }) => quote(`${name}:${plain(description)}`));
  const rows = [...choices, ...commands];
  const branches = command.commands.map((child) => `    ${child.name}) ${functionName(child)} ;;`);
  return `${functionName(command)}() {
  local curcontext=$curcontext state line
  local -a commands=(
    ${rows.join("\n    ")}
  )
  _arguments -C \\
    ${[...flags, "'1:command:->command'", "'*::argument:->argument'"].join(" \\\n    ")}
  case $state in
  command) _describe command commands ;;
  argument)
    case $line[1] in
${branches.join("\n")}
    esac
    ;;
  esac
}`;
}

function flagSpec({ names, description, value, repeats }: FlagNode): string {
  const once = repeats ? "'*'" : quote(`(${names.join(" ")})`);
  // The value may stand in the same word: --flag=value, -fvalue.
  const forms = value === undefined ? names : names.map((name) => name + (name.startsWith("--") ? "=" : "+"));
  const spellings = forms.length === 1 ? (forms[0] ?? "") : `{${forms.join(",")}}`;
  const argument = value === undefined ? "" : `:${plain(value.name)}:${action(value)}`;
  return `${once}${spellings}${quote(`[${plain(description)}]${argument}`)}`;
}

function action(value: ValueNode): string {
  if (value.choices.length > 0) return `(${value.choices.join(" ")})`;
  if (isLive(value.kind)) return `_nexus_names_${value.kind}`;
  if (value.kind === "directory") return "_files -/";
  return value.kind === "file" ? "_files" : " ";
}

function functionName(command: CommandNode): string {
  return `_${command.path.replace(/[^a-z0-9]+/gi, "_")}`;
}

function plain(text: string): string {
  return text.replace(/[[\]:\\]/g, "\\$&");
}
