import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { startMock } from "../../src/mock/mock.ts";
import { workspace } from "../e2e/support/workspace.ts";
import { projectFile } from "../support/generated.ts";

const noJq = spawnSync("jq", ["--version"]).error !== undefined;

it.skipIf(noJq)(
  "X-01 A003-35 the README's quick start works as it stands, line by line",
  { timeout: 60_000 },
  async () => {
    const ollama = await startMock({
      answer: "Fix the greeting",
      dialect: "ollama",
    });
    onTestFinished(() => ollama.close());
    const space = await workspace();
    await space.shell(
      "git init -q . && git config user.email a@example.org && git config user.name A && echo hi > a && git add a && git commit -qm one && echo ho > a",
    );
    for (const line of quickStart()) {
      // Nothing is changed but where the server is. There is no key: `fast` fails without a request, and `local` answers.
      const { code, stdout, stderr } = await space.shell(line.replace("http://127.0.0.1:11434", ollama.url));
      expect(code, `${line}\n${stdout}${stderr}`).toBe(0);
      if (line.includes("jq")) expect(stdout).toBe("llama3.2\n");
    }
    expect(readFileSync(path.join(space.dir, "msg.txt"), "utf8")).toBe("Fix the greeting\n");
    const [first, second] = ollama.chats.map(({ body }) => JSON.stringify(body));
    expect(first).toContain('"temperature":0.2');
    expect(second).toContain("write a commit message");
  },
);

function quickStart(): string[] {
  const [, block = ""] =
    /## Quick start\n\n```sh\n([\s\S]*?)```/.exec(readFileSync(projectFile("README.md"), "utf8")) ?? [];
  const lines = block.split("\n").filter((line) => line !== "");
  expect(lines.length).toBeGreaterThan(5);
  return lines;
}
