import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { SCRIPTS } from "../../src/cli/completion/scripts.ts";
import { SHELLS } from "../../src/cli/completion/shells.ts";
import { PROGRAM, runProgram, shellPrelude } from "../e2e/support/program.ts";
import { NO_SCREEN, openScreen } from "../e2e/support/screen.ts";
import { failoverWorkspace } from "../e2e/support/workspace.ts";
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

const missing = (shell: string) => spawnSync(shell, ["--version"]).error !== undefined;

describe("names that only the user's files know", () => {
  it.each([
    ["profile", "a\nb\nlb\n"],
    ["backend", "a\nb\ngroq\n"],
    ["model", "fast\nlisted:7b\nm-a\nm-b\n"],
  ])("are printed: %s", async (kind, names) => {
    const space = await failoverWorkspace({
      a: { url: "http://127.0.0.1:9", record: { models: ["listed:7b"] } },
      b: { url: "http://127.0.0.1:9" },
    });
    const { backends } = JSON.parse(readFileSync(`${space.configDir}/config.json`, "utf8"));
    await space.config({ backends, aliases: { fast: "m-a" } });
    const run = await space.nexus(["__names", kind], { env: { GROQ_API_KEY: "gsk-x" } });
    expect(run).toEqual({ code: 0, signal: null, stdout: names, stderr: "" });
  });

  it("are none, quietly, where nothing is or the configuration is broken", async () => {
    const space = await failoverWorkspace({});
    await space.write("config/config.json", "{");
    expect(await space.nexus(["__names", "backend"])).toMatchObject({ code: 0, stdout: "", stderr: "" });
  });

  it("are offered in bash", async () => {
    const space = await failoverWorkspace({
      a: { url: "http://127.0.0.1:9" },
      b: { url: "http://127.0.0.1:9" },
    });
    const ask = `ask() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _nexus; echo "\${COMPREPLY[@]}"; }`;
    const line = `eval "$(nexus completion bash)"; ${ask}; ask nexus profile show l; ask nexus chat -p ""; ask nexus chat -m m-`;
    await space.write("ask.bash", `${shellPrelude()}\n${line}`);
    const { stdout, stderr } = await space.shell("bash ask.bash");
    expect({ stdout, stderr }).toEqual({ stdout: "lb\na b lb\nm-a m-b\n", stderr: "" });
  });

  it.skipIf(missing("fish"))("are offered in fish", async () => {
    const space = await failoverWorkspace({
      a: { url: "http://127.0.0.1:9" },
      b: { url: "http://127.0.0.1:9" },
    });
    const nexus = `function nexus; '${process.execPath}' '${PROGRAM}' $argv; end`;
    const line = `${nexus}; nexus completion fish | source; complete -C "nexus profile show l"; complete -C "nexus chat -p "`;
    await space.write("ask.fish", line);
    const { stdout } = await space.shell("fish ask.fish");
    expect(stdout.match(/^\w+/gm)).toEqual(["lb", "a", "b", "lb"]);
  });

  it.skipIf(missing("zsh") || NO_SCREEN !== undefined)(
    "are offered in zsh",
    { timeout: 60_000 },
    async () => {
      const space = await failoverWorkspace({ only: { url: "http://127.0.0.1:9" } });
      await space.write(
        ".zshrc",
        `${shellPrelude()}\nautoload -Uz compinit; compinit -u; eval "$(nexus completion zsh)"; PROMPT='> '`,
      );
      const screen = await openScreen(space, "zsh -i", { env: { ZDOTDIR: space.dir } });
      await screen.until(/^>/m);
      screen.type("nexus profile show on");
      screen.press("Tab");
      await screen.until(/nexus profile show only/);
    },
  );
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
