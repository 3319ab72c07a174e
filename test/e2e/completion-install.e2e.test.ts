import { spawnSync } from "node:child_process";
import { chmod, readFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { SHELLS } from "../../src/cli/completion/shells.ts";
import { backend } from "./support/backends.ts";
import { PROGRAM } from "./support/program.ts";
import { NO_SCREEN, openScreen } from "./support/screen.ts";
import { failoverWorkspace, type Workspace, workspace } from "./support/workspace.ts";

const FILES = {
  bash: [".local/share/bash-completion/completions/nexus", ".bashrc"],
  zsh: [".local/share/zsh/site-functions/_nexus", ".zshrc"],
  fish: [".config/fish/completions/nexus.fish"],
} as const;

const missing = (shell: string) =>
  NO_SCREEN !== undefined || spawnSync(shell, ["--version"]).error !== undefined;
const read = (space: Workspace, file: string) => readFile(path.join(space.dir, file), "utf8");

/** A workspace whose home has `nexus` on its path. */
async function home(): Promise<{ space: Workspace; env: Record<string, string> }> {
  const a = await backend({ models: ["listed:7b", "listed:70b", "other"] });
  const space = await failoverWorkspace({ only: a });
  const program = await space.write("bin/nexus", `#!/bin/sh\nexec '${process.execPath}' '${PROGRAM}' "$@"\n`);
  await chmod(program, 0o755);
  return { space, env: { PATH: `${path.dirname(program)}:${process.env["PATH"]}` } };
}

describe.each(SHELLS)("nexus completion install %s", (shell) => {
  it("writes where the shell looks, says what it did, and changes nothing the second time", async () => {
    const { space } = await home();
    const install = () => space.nexus(["completion", "install"], { env: { SHELL: `/usr/bin/${shell}` } });
    if (shell !== "fish") await space.write(FILES[shell][1], "alias ll=ls");
    const first = await install();
    expect(first).toMatchObject({ code: 0, stderr: "" });
    const written = await Promise.all(FILES[shell].map((file) => read(space, file)));
    for (const file of FILES[shell]) expect(first.stdout).toContain(path.join(space.dir, file));
    if (shell !== "fish") expect(written[1]).toMatch(/^alias ll=ls\n.* # nexus completion\n$/);
    const second = await install();
    expect(second.stdout).toContain("up to date:");
    expect(await Promise.all(FILES[shell].map((file) => read(space, file)))).toEqual(written);
  });

  it("tells a script the same", async () => {
    const { space } = await home();
    const { stdout } = await space.nexus(["completion", "install", shell, "--json"]);
    const [file, startup] = FILES[shell].map((one) => path.join(space.dir, one));
    expect(JSON.parse(stdout)).toEqual({
      ...{ shell, file, result: "written" },
      ...{ startup_file: startup ?? null, startup_result: startup === undefined ? null : "written" },
    });
  });

  it.skipIf(missing(shell))("is there in the next shell, with names that hold a colon", async () => {
    const { space, env } = await home();
    await space.nexus(["completion", "install", shell]);
    await space.nexus(["models"]);
    const screen = await openScreen(space, `exec ${shell} -i`, { env: { ...env, PS1: "> " } });
    await screen.until(/[>%#$] ?$/m);
    screen.type("nexus profile show on");
    screen.press("Tab");
    await screen.until(/nexus profile show only/);
    screen.press("C-u");
    screen.type("nexus chat -m listed:70");
    screen.press("Tab");
    await screen.until(/nexus chat -m listed\\?:70b/);
    screen.press("C-u");
    screen.type("nexus chat --model=oth");
    screen.press("Tab");
    await screen.until(/nexus chat --model=other/);
  });
});

describe("nexus completion install", () => {
  it.each([
    ["an unknown shell", ["tcsh"], {}, "tcsh"],
    ["no shell", [], {}, "SHELL is not set"],
    ["a shell it does not know", [], { SHELL: "/bin/tcsh" }, "there is no completion for tcsh"],
    ["no home", ["bash"], { HOME: "" }, "nexus completion bash"],
  ])("refuses %s with a reason", async (_name, words, env, reason) => {
    const space = await workspace();
    const { code, stderr } = await space.nexus(["completion", "install", ...words], { env });
    expect(code).toBe(2);
    expect(stderr).toContain(reason);
  });

  it("leaves somebody else's file as it is, and says so", async () => {
    const space = await workspace();
    await space.write(FILES.fish[0], "# mine\n");
    const { code, stderr } = await space.nexus(["completion", "install", "fish"]);
    expect(code).toBe(2);
    expect(stderr).toContain("is not from nexus, and stays as it is");
    expect(await read(space, FILES.fish[0])).toBe("# mine\n");
  });
});
