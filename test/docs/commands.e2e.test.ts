import { expect, it } from "vitest";
import { runProgram } from "../e2e/support/program.ts";
import { projectFile } from "../support/generated.ts";

const PAGE = "docs/commands.md";

const PREFACE = `# Commands

The help of every command, as the program prints it. Made by \`npm run docs\`; do not edit. Exit codes:
\`nexus help exit-codes\`; environment: \`nexus help environment\`.
`;

it("T17 docs/commands.md has the help of every command (after a change: npm run docs)", {
  timeout: 60_000,
}, async () => {
  const sections = await helpOf([]);
  await expect(`${PREFACE}\n${sections.join("\n")}`).toMatchFileSnapshot(projectFile(PAGE));
});

it("T17 every command that does something shows an example in its help", { timeout: 60_000 }, async () => {
  const sections = await helpOf([]);
  const without = sections.filter((section) => !/^(?:Commands|Examples?):/m.test(section));
  expect(without.map((section) => section.split("\n")[0])).toEqual([]);
});

/** A section for the command and one for each command below it, in the order of the help. */
async function helpOf(names: readonly string[]): Promise<string[]> {
  const { code, stdout, stderr } = await runProgram([...names, "--help"]);
  expect({ code, stderr }, names.join(" ")).toEqual({ code: 0, stderr: "" });
  const title = ["nexus", ...names].join(" ");
  const section = `## ${title}\n\n\`\`\`text\n${stdout.trim()}\n\`\`\`\n`;
  const below = await Promise.all(commandsIn(stdout).map((name) => helpOf([...names, name])));
  return [section, ...below.flat()];
}

/** Names in the help's list of commands. `help` is about the others. */
function commandsIn(help: string): string[] {
  const [, list = ""] = /^Commands:\n((?: .*\n?)*)/m.exec(help) ?? [];
  return [...list.matchAll(/^ {2}([a-z][\w-]*)/gm)].flatMap(([, name]) =>
    name === undefined || name === "help" ? [] : [name],
  );
}
