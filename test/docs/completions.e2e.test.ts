import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { SCRIPTS } from "../../src/cli/completion/scripts.ts";
import { SHELLS } from "../../src/cli/completion/shells.ts";
import { runProgram } from "../e2e/support/program.ts";
import { projectFile } from "../support/generated.ts";

/** How each shell reads a script without running it. */
const SYNTAX_CHECK = { bash: ["-n"], zsh: ["-n"], fish: ["--no-execute"] } as const;

describe.each(SHELLS)("completion of %s", (shell) => {
  const file = projectFile(`completions/${SCRIPTS[shell].file}`);

  it("is shipped as the program prints it (after a change: npm run docs)", async () => {
    const { code, stdout } = await runProgram(["completion", shell]);
    expect(code).toBe(0);
    await expect(stdout).toMatchFileSnapshot(file);
  });

  it.skipIf(spawnSync(shell, ["--version"]).error !== undefined)("is a script the shell can read", () => {
    const checked = spawnSync(shell, [...SYNTAX_CHECK[shell], file], { encoding: "utf8" });
    expect(checked).toMatchObject({ status: 0, stderr: "" });
  });
});

describe("completion in bash", () => {
  it.each([
    [["nexus", "prof"], ["profile"]],
    [
      ["nexus", "profile", "save", ""],
      ["loadbalancer", "model"],
    ],
    [["nexus", "profile", "save", "load"], ["loadbalancer"]],
    [
      ["nexus", "--color", ""],
      ["always", "auto", "never"],
    ],
    [["nexus", "chat", "--prof"], ["--profile"]],
    [["nexus", "--color", "never", "completion", "z"], ["zsh"]],
  ])("%j offers %j", async (words, offered) => {
    const { stdout: script } = await runProgram(["completion", "bash"]);
    const ask = `COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _nexus; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { stdout } = spawnSync("bash", ["-c", `${script}\n${ask}`, "bash", ...words], { encoding: "utf8" });
    expect(stdout.split("\n")).toEqual(expect.arrayContaining(offered));
  });
});
