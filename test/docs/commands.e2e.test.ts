import { expect, it } from "vitest";
import { projectFile } from "../support/generated.ts";
import { helpOf } from "../support/help-of.ts";

const PAGE = "docs/commands.md";

const PREFACE = `# Commands

The help of every command, as the program prints it. Made by \`npm run docs\`; do not edit. Exit codes:
\`nexus help exit-codes\`; environment: \`nexus help environment\`.
`;

it("T17 docs/commands.md has the help of every command (after a change: npm run docs)", {
  timeout: 60_000,
}, async () => {
  const sections = (await helpOf()).map(({ title, text }) => `## ${title}\n\n\`\`\`text\n${text}\n\`\`\`\n`);
  await expect(`${PREFACE}\n${sections.join("\n")}`).toMatchFileSnapshot(projectFile(PAGE));
});

it("T17 every command that does something shows an example in its help, and where the exit codes are", {
  timeout: 60_000,
}, async () => {
  const all = await helpOf();
  const without = all.filter(({ text }) => !/^(?:Commands|Examples?):/m.test(text));
  expect(without.map(({ title }) => title)).toEqual([]);
  expect(all.filter(({ text }) => !text.includes("nexus help exit-codes"))).toEqual([]);
});
