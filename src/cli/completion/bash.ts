import { isLive } from "./live.ts";
import { quote } from "./quote.ts";
import { allCommands, type CommandNode, type FlagNode, type ValueNode } from "./tree.ts";

/** The completion script for bash (4 or newer, with or without the bash-completion package). */
export function bashCompletion(root: CommandNode): string {
  const commands = allCommands(root);
  return `# bash completion for ${root.name}. Load it with: source <(${root.name} completion bash)
_${root.name}() {
  # bash takes words apart at : and =; these are the words as they were typed, with --flag=value as two.
  local words=() count=0 glue= i cur prev
  for ((i = 0; i <= COMP_CWORD; i++)); do
    cur=\${COMP_WORDS[i]}
    if [[ $glue || ($cur == : && $i -gt 0) ]]; then
      words[count - 1]+=$cur
      if [[ $cur == : ]]; then glue=1; else glue=; fi
    elif [[ $cur != = ]]; then
      words[count++]=$cur
    elif ((i == COMP_CWORD)); then
      words[count++]=
    fi
  done
  cur=\${words[count - 1]} prev=\${words[count - 2]}
  COMPREPLY=()
  _${root.name}_reply
  if [[ $cur == *:* && $COMP_WORDBREAKS == *:* ]]; then COMPREPLY=("\${COMPREPLY[@]#"\${cur%"\${cur##*:}"}"}"); fi
}
_${root.name}_reply() {
  local path=${root.name} i
  for ((i = 1; i < count - 1; i++)); do
    case "$path \${words[i]}" in
      ${patterns(commands.flatMap((command) => flagPaths(command)))}) ((i++)) ;;
      ${patterns(commands.slice(1).map(({ path }) => path))}) path+=" \${words[i]}" ;;
    esac
  done
  case "$path $prev" in
${commands.flatMap(valueCases).join("\n")}
  esac
  case "$path" in
${commands.map(wordCase).join("\n")}
  esac
}
complete -o default -F _${root.name} ${root.name}
`;
}

function wordCase(command: CommandNode): string {
  const words = [
    ...command.commands.map(({ name }) => name),
    ...command.arguments.flatMap(({ choices }) => choices),
    ...command.flags.flatMap(({ names }) => names),
  ];
  const [live] = command.arguments.map(({ kind }) => kind).filter(isLive);
  const names = live === undefined ? "" : `" $(nexus __names ${live} 2>/dev/null)"`;
  return `    ${quote(command.path)}) COMPREPLY=($(compgen -W ${quote(words.join(" "))}${names} -- "$cur")) ;;`;
}

function valueCases(command: CommandNode): string[] {
  return command.flags.flatMap((flag) =>
    flag.value === undefined
      ? []
      : [`    ${patterns(paths(command, flag))}) ${valueReply(flag.value)}; return ;;`],
  );
}

function valueReply(value: ValueNode): string {
  if (value.choices.length > 0)
    return `COMPREPLY=($(compgen -W ${quote(value.choices.join(" "))} -- "$cur"))`;
  if (isLive(value.kind))
    return `COMPREPLY=($(compgen -W "$(nexus __names ${value.kind} 2>/dev/null)" -- "$cur"))`;
  if (value.kind === "file") return 'COMPREPLY=($(compgen -f -- "$cur"))';
  if (value.kind === "directory") return 'COMPREPLY=($(compgen -d -- "$cur"))';
  return "compopt +o default 2>/dev/null";
}

function flagPaths(command: CommandNode): string[] {
  return command.flags.filter(({ value }) => value !== undefined).flatMap((flag) => paths(command, flag));
}

function paths(command: CommandNode, flag: FlagNode): string[] {
  return flag.names.map((name) => `${command.path} ${name}`);
}

function patterns(texts: readonly string[]): string {
  return texts.map(quote).join(" | ");
}
