import { readFileSync } from "node:fs";
import { expect, it, onTestFinished } from "vitest";
import { isObject } from "../../src/core/json.ts";
import { type MockOptions, startMock } from "../../src/mock/mock.ts";
import { workspace } from "../e2e/support/workspace.ts";
import { projectFile } from "../support/generated.ts";
import { replay } from "../support/transcript.ts";

it.each(["README.md", "docs/cookbook.md"])(
  "%s shows what the program prints (after a change: npm run docs)",
  { timeout: 60_000 },
  async (page) => {
    const space = await workspace();
    const backends: Record<string, unknown> = {};
    const env = { OPENAI_API_KEY: "sk-an-example-key", LINES: "40", COLUMNS: "100" };
    const text = await replay(readFileSync(projectFile(page), "utf8"), {
      async backend(description) {
        const { name, type, mock } = readBackend(description);
        const running = await startMock(mock);
        onTestFinished(() => running.close());
        backends[name] = { type, url: running.url };
        await space.config({ backends });
      },
      async run(command) {
        const { stdout } = await space.shell(`exec 2>&1\n${command}`, { env });
        return stdout.replaceAll(space.configDir, "~/.config/nexus").replaceAll(space.dir, "~");
      },
    });
    await expect(text).toMatchFileSnapshot(projectFile(page));
  },
);

/** A backend of a page: its name and type in the configuration, and what the scripted server behind it says. */
function readBackend(value: unknown): { name: string; type: string; mock: MockOptions } {
  if (!isObject(value)) throw new TypeError("a backend is described by an object");
  const { name, type, steps, answer } = value;
  if (typeof name !== "string" || typeof type !== "string")
    throw new TypeError("a backend has a name and a type");
  return {
    name,
    type,
    mock: {
      ...(type === "ollama" && { dialect: type }),
      ...(Array.isArray(steps) ? { steps: steps.map(String) } : {}),
      ...(typeof answer === "string" ? { answer } : {}),
    },
  };
}
