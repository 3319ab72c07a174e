import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { backend, deadAddress } from "./support/backends.ts";
import { NO_SCREEN, openScreen } from "./support/screen.ts";
import { type Workspace, workspace } from "./support/workspace.ts";

/** A machine on which nothing is configured and an Ollama server runs. */
async function machine(): Promise<{ space: Workspace; env: Record<string, string> }> {
  const ollama = await backend({
    dialect: "ollama",
    models: ["llama3.2"],
    answer: "OK",
    pages: { "/": "Ollama is running", "/api/version": { version: "0.12.0" } },
  });
  return {
    space: await workspace(),
    env: { NEXUS_NO_DETECT: "0", OLLAMA_HOST: ollama.url },
  };
}

describe.skipIf(NO_SCREEN !== undefined)("nexus init on a terminal", () => {
  it("finds a local server, tries it, and its profile becomes the default", async () => {
    const { space, env } = await machine();
    const screen = await openScreen(space, "nexus init", { env, columns: 120 });
    await screen.until(/Which one shall answer\?/);
    screen.press("Enter");
    await screen.until(/Model:/);
    screen.press("Enter");
    await screen.until(/Name of the profile:/);
    screen.press("Enter");
    await screen.until(/Try it/);
    expect(existsSync(path.join(space.configDir, "config.json"))).toBe(false);
    screen.press("Enter");
    expect(await screen.ended()).toBe(0);
    expect(screen.text().replaceAll("\n", "")).toContain(
      "nexus init --backend ollama --model llama3.2 --name ollama",
    );
    expect(JSON.parse(readFileSync(path.join(space.configDir, "config.json"), "utf8"))).toMatchObject({
      backends: { ollama: { type: "ollama" } },
      default_profile: "ollama",
    });
    expect(screen.text()).toContain("it answers: OK");
    expect(await space.nexus(["chat", "-q", "hi"])).toMatchObject({ code: 0, stdout: "OK\n" });
  });

  it("Ctrl-C at the last question leaves nothing: 130", async () => {
    const { space, env } = await machine();
    const screen = await openScreen(space, "nexus init --backend ollama --model llama3.2 --name x", { env });
    await screen.until(/Try it/);
    screen.press("C-c");
    expect(await screen.ended()).toBe(130);
    expect(existsSync(path.join(space.configDir, "config.json"))).toBe(false);
    expect(existsSync(path.join(space.configDir, "profiles"))).toBe(false);
  });
});

describe("nexus init without a terminal", () => {
  it("does by flags what it asks for on one", async () => {
    const { space, env } = await machine();
    const run = await space.nexus(["init", "--backend", "ollama", "--model", "llama3.2"], { env });
    expect(run).toMatchObject({ code: 0, stdout: "" });
    expect(run.stderr).toContain('saved profile "ollama" (llama3.2 @ ollama), which is the default now');
  });

  it("without flags is a usage error with its shape", async () => {
    const space = await workspace();
    const run = await space.nexus(["init"]);
    expect(run).toMatchObject({ code: 2, stdout: "" });
    expect(run.stderr).toContain("nexus init --backend");
  });

  it("saves nothing that does not answer", async () => {
    const space = await workspace();
    await space.config({ backends: { box: { type: "generic", url: await deadAddress() } } });
    const run = await space.nexus(["init", "--backend", "box", "--model", "m"]);
    expect(run.code).toBe(5);
    expect(run.stderr).toContain("nothing was saved; --no-test saves it untried");
    expect(existsSync(path.join(space.configDir, "profiles"))).toBe(false);
  });
});
