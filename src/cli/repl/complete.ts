import { REPL_COMMANDS } from "./commands.ts";

/** What names may stand behind a command. */
export interface Names {
  readonly profiles: () => readonly string[];
  readonly models: () => Promise<readonly string[]>;
  readonly sessions: () => Promise<readonly string[]>;
  /** Names in the directory that the beginning of a path leads to, with that beginning. */
  readonly files: (part: string) => Promise<readonly string[]>;
}

/** What Tab offers for a line: whole words, and the part of the line that they replace. Nothing in a prompt. */
export async function completions(line: string, names: Names): Promise<readonly [string[], string]> {
  if (!line.startsWith("/")) return [[], line];
  const space = line.indexOf(" ");
  if (space === -1) {
    return [
      matching(
        Object.keys(REPL_COMMANDS).map((name) => `/${name} `),
        line,
      ),
      line,
    ];
  }
  const part = line.slice(space + 1);
  return [matching(await behind(line.slice(1, space), part, names), part), part];
}

async function behind(command: string, part: string, names: Names): Promise<readonly string[]> {
  switch (command) {
    case "profile":
      return names.profiles();
    case "model":
      return names.models();
    case "load":
      return names.sessions();
    case "file":
    case "image":
      return names.files(part);
    default:
      return [];
  }
}

function matching(names: readonly string[], part: string): string[] {
  return names.filter((name) => name.startsWith(part));
}
