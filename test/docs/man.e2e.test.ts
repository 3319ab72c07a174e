import { spawnSync } from "node:child_process";
import { expect, it } from "vitest";
import { reflow } from "../../src/cli/output/reflow.ts";
import { runProgram } from "../e2e/support/program.ts";
import { projectFile } from "../support/generated.ts";
import { helpOf } from "../support/help-of.ts";

const PAGE = projectFile("man/nexus.1");

it("T17 man/nexus.1 has the help of every command (after a change: npm run docs)", {
  timeout: 60_000,
}, async () => {
  const [exitCodes, environment, [program, ...commands]] = await Promise.all([
    topic("exit-codes"),
    topic("environment"),
    helpOf(),
  ]);
  const [, description = "", rest = ""] =
    /\n\n([\s\S]*?)\n\n(Options:[\s\S]*)/.exec(program?.text ?? "") ?? [];
  const page = [
    '.\\" Made by `npm run docs`; do not edit.',
    '.TH NEXUS 1 "" "" "User Commands"',
    ".SH NAME",
    "nexus \\- chat through several LLM backends",
    ".SH SYNOPSIS",
    ".B nexus",
    ".I command",
    "[options]",
    ".SH DESCRIPTION",
    roff(description),
    verbatim(rest),
    ".SH COMMANDS",
    ...commands.flatMap(({ title, text }) => [`.SS ${roff(title)}`, verbatim(text)]),
    ".SH EXIT STATUS",
    verbatim(exitCodes),
    ".SH ENVIRONMENT",
    verbatim(environment),
    ".SH FILES",
    verbatim("~/.config/nexus/config.json\n~/.config/nexus/profiles/NAME.json\n~/.local/state/nexus/"),
    "",
  ];
  await expect(page.join("\n")).toMatchFileSnapshot(PAGE);
});

it.each([
  ["groff", ["-man", "-k", "-Tutf8", "-wall", "-z", PAGE]],
  ["mandoc", ["-T", "lint", "-W", "error", PAGE]],
])("%s can read it", (program, args) => {
  const { error, status, stderr } = spawnSync(program, args, { encoding: "utf8" });
  if (error === undefined) expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  else process.stderr.write(`man/nexus.1 is not read: no ${program} on this machine\n`);
});

async function topic(name: string): Promise<string> {
  const { code, stdout } = await runProgram(["help", name]);
  expect(code).toBe(0);
  return reflow(stdout.trim(), 72);
}

/** Lines as they stand. */
function verbatim(text: string): string {
  return [".nf", roff(text), ".fi"].join("\n");
}

function roff(text: string): string {
  return text
    .replaceAll("\\", "\\e")
    .replaceAll("-", "\\-")
    .replaceAll("'", "\\(aq")
    .replaceAll("`", "\\(ga")
    .replace(/^\./gm, "\\&.");
}
