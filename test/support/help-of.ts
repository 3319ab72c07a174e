import { expect } from "vitest";
import { runProgram } from "../e2e/support/program.ts";

/** The help of one command. */
export interface Help {
  /** `nexus profile save`. */
  readonly title: string;
  readonly text: string;
}

/** The help of a command, and of each command below it, in the order of the help. */
export async function helpOf(names: readonly string[] = []): Promise<readonly Help[]> {
  const { code, stdout, stderr } = await runProgram([...names, "--help"]);
  expect({ code, stderr }, names.join(" ")).toEqual({ code: 0, stderr: "" });
  const help = { title: ["nexus", ...names].join(" "), text: stdout.trim() };
  const below = await Promise.all(commandsIn(stdout).map((name) => helpOf([...names, name])));
  return [help, ...below.flat()];
}

/** Names in the help's list of commands. `help` is about the others. */
function commandsIn(help: string): string[] {
  const [, list = ""] = /^Commands:\n((?: .*\n?)*)/m.exec(help) ?? [];
  return [...list.matchAll(/^ {2}([a-z][\w-]*)/gm)].flatMap(([, name]) =>
    name === undefined || name === "help" ? [] : [name],
  );
}
