import { isLive } from "./live.ts";
import { allCommands, type CommandNode, type FlagNode, type ValueNode } from "./tree.ts";

/** The completion script for fish. */
export function fishCompletion(root: CommandNode): string {
  const commands = allCommands(root);
  return `# fish completion for ${root.name}. Load it with: ${root.name} completion fish | source
function __${root.name}_path
  set -l known ${commands.map(({ path }) => quote(path)).join(" ")}
  set -l path ${root.name}
  set -l words (commandline -opc)
  for word in $words[2..-1]
    if contains -- "$path $word" $known
      set path "$path $word"
    end
  end
  echo $path
end
function __${root.name}_at
  test (__${root.name}_path) = "$argv[1]"
end
complete -c ${root.name} -e
${commands.flatMap((command) => lines(root.name, command)).join("\n")}
`;
}

function lines(program: string, command: CommandNode): string[] {
  const at = `complete -c ${program} -n ${quote(`__${program}_at ${quote(command.path)}`)}`;
  const choices = command.arguments.flatMap((argument) => argument.choices);
  const [live] = command.arguments.map(({ kind }) => kind).filter(isLive);
  return [
    ...(live === undefined ? [] : [`${at} -f -a '(nexus __names ${live} 2>/dev/null)'`]),
    ...command.commands.map(({ name, description }) => `${at} -f -a ${quote(name)} -d ${quote(description)}`),
    ...(choices.length === 0 ? [] : [`${at} -f -a ${quote(choices.join(" "))}`]),
    ...command.flags.map((flag) => `${at} ${spelling(flag)} -d ${quote(flag.description)}`),
  ];
}

function spelling({ names, value }: FlagNode): string {
  const forms = names.map((name) => (name.startsWith("--") ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`));
  return [...forms, ...(value === undefined ? [] : [valueForm(value)])].join(" ");
}

function valueForm(value: ValueNode): string {
  if (value.choices.length > 0) return `-x -a ${quote(value.choices.join(" "))}`;
  if (isLive(value.kind)) return `-x -a '(nexus __names ${value.kind} 2>/dev/null)'`;
  if (value.kind === "directory") return "-x -a '(__fish_complete_directories)'";
  return value.kind === "file" ? "-r -F" : "-x";
}

function quote(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
