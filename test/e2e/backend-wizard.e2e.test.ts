import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { backend, deadAddress } from "./support/backends.ts";
import { NO_SCREEN, openScreen, type Screen } from "./support/screen.ts";
import { failoverWorkspace, type Workspace, workspace } from "./support/workspace.ts";

const KEY = "sk-typed-by-hand-0123456789";
const file = (space: Workspace) => path.join(space.configDir, "config.json");
const backends = (space: Workspace) => JSON.parse(readFileSync(file(space), "utf8")).backends;

/** Answers one question after the other; a text is typed, a list of keys is pressed. */
async function answer(
  screen: Screen,
  ...answers: readonly (readonly [RegExp, string | readonly string[]])[]
): Promise<void> {
  for (const [question, given] of answers) {
    await screen.until(question);
    if (typeof given === "string") {
      screen.type(given);
      screen.press("Enter");
    } else screen.press(...given);
  }
}

describe.skipIf(NO_SCREEN !== undefined)("nexus backend add, without arguments", () => {
  it("asks for address, name and key, tries it, adds it, and prints the command", async () => {
    const a = await backend({ models: ["small"], apiKey: "k-1" });
    const space = await workspace();
    const screen = await openScreen(space, "nexus backend add >out", {
      columns: 140,
      env: { BOX_KEY: "k-1" },
    });
    await answer(
      screen,
      [/Which server\?/, ["Enter"]],
      [/Its address/, a.url],
      [/What to call it: \(generic\)/, "box"],
      [/Its key:/, ["Down", "Down", "Enter"]],
      [/Name of the variable:/, "BOX_KEY"],
      [/Ask it for its models before saving\?/, []],
    );
    expect(existsSync(file(space))).toBe(false);
    screen.press("Enter");
    expect(await screen.ended()).toBe(0);
    const command = `nexus backend add ${a.url} --type generic --name box --api-key-env BOX_KEY --test`;
    expect(screen.text().replaceAll("\n", "")).toContain(`the same without questions: ${command}`);
    const added = backends(space);
    expect(added).toEqual({ box: { type: "generic", url: a.url, api_key_env: "BOX_KEY" } });
    const again = await space.shell(`${command} --force`, { env: { BOX_KEY: "k-1" } });
    expect([again.code, backends(space)]).toEqual([0, added]);
  });

  it("keeps a key that is typed, shows it nowhere, and names nexus key set", async () => {
    const a = await backend({ models: ["small"], apiKey: KEY });
    const space = await workspace();
    const screen = await openScreen(space, "nexus backend add 2>&1", {
      columns: 140,
      env: { NEXUS_KEYRING: "file" },
    });
    await answer(
      screen,
      [/Which server\?/, ["Enter"]],
      [/Its address/, a.url],
      [/What to call it/, ["Enter"]],
      [/Its key:/, ["Down", "Enter"]],
      [/Key for generic:/, KEY],
      [/Ask it for its models/, ["Enter"]],
    );
    expect(await screen.ended()).toBe(0);
    expect(screen.text()).toContain("generic answers: 1 model");
    expect(screen.text()).toContain("nexus key set generic");
    expect(screen.text()).not.toContain(KEY);
    expect(backends(space)).toMatchObject({ generic: { api_key_ref: "generic" } });
    expect((await space.nexus(["backend", "test"])).code).toBe(0);
  });

  it("offers servers that run here", async () => {
    const a = await backend({ dialect: "ollama" });
    const space = await workspace();
    const screen = await openScreen(space, "nexus backend add", {
      columns: 140,
      env: { NEXUS_NO_DETECT: "0", OLLAMA_HOST: a.url },
    });
    await answer(
      screen,
      [/ollama at .* runs here/, ["Enter"]],
      [/What to call it: \(ollama\)/, ["Enter"]],
      [/Its key:[\s\S]*it needs none/, ["Enter"]],
      [/Ask it for its models/, ["Enter"]],
    );
    expect(await screen.ended()).toBe(0);
    expect(backends(space)).toMatchObject({ ollama: { type: "ollama" } });
  });

  it("asks what it is where nobody answers, and adds it only when the person says so", async () => {
    const url = await deadAddress();
    const space = await workspace();
    const screen = await openScreen(space, "nexus backend add");
    await answer(
      screen,
      [/Which server\?/, ["Enter"]],
      [/Its address/, url],
      [/nothing answers[\s\S]*What is it\?/, ["Enter"]],
      [/What to call it/, ["Enter"]],
      [/Its key:/, ["Enter"]],
      [/Ask it for its models/, ["Enter"]],
      [/cannot be used[\s\S]*Save it all the same\?/, ["Enter"]],
    );
    expect(await screen.ended()).toBe(130);
    expect(existsSync(file(space))).toBe(false);
  });

  it.each([
    ["at the first question", []],
    ["at the name", [/Its address/]],
    ["at the key", [/Its address/, /What to call it/]],
    ["while a key is typed", [/Its address/, /What to call it/, /Its key:/]],
  ] as const)("Ctrl-C %s leaves nothing: 130", async (_where, questions) => {
    const a = await backend();
    const space = await workspace();
    const screen = await openScreen(space, "nexus backend add");
    await screen.until(/Which server\?/);
    const keys: readonly (string | readonly string[])[] = [a.url, ["Enter"], ["Down", "Enter"]];
    if (questions.length > 0) screen.press("Enter");
    for (const [at, question] of questions.entries()) await answer(screen, [question, keys[at] ?? []]);
    await screen.until([/Which server/, /What to call it/, /Its key:/, /Key for/][questions.length] ?? /x/);
    screen.press("C-c");
    expect(await screen.ended()).toBe(130);
    expect(screen.text()).toContain("nothing was changed");
    expect(existsSync(file(space))).toBe(false);
  });
});

describe.skipIf(NO_SCREEN !== undefined)("nexus backend add, while the server is asked", () => {
  it("Ctrl-C leaves nothing: 130", async () => {
    const a = await backend({ modelsSteps: ["timeout"] });
    const space = await workspace();
    const screen = await openScreen(space, "nexus backend add");
    await answer(
      screen,
      [/Which server\?/, ["Enter"]],
      [/Its address/, a.url],
      [/What is it\?|What to call it/, []],
    );
    if (/What is it\?/.test(screen.text())) screen.press("Enter");
    await answer(
      screen,
      [/What to call it/, ["Enter"]],
      [/Its key:/, ["Enter"]],
      [/Ask it for its models/, ["Enter"]],
      [/asking .* for models/, ["C-c"]],
    );
    expect(await screen.ended()).toBe(130);
    expect(existsSync(file(space))).toBe(false);
  });
});

describe.skipIf(NO_SCREEN !== undefined)("a question that is left with Ctrl-D", () => {
  it.each([
    ["a list that is searched", "nexus backend add", /Which server\?/],
    ["a text", "nexus init --backend a --model m-a", /Name of the profile/],
    ["yes or no", "nexus backend remove a", /\(y\/N\)/],
    ["a key", "nexus key set a", /Key for a:/],
  ])("ends with 130 and changes nothing: %s", async (_name, line, question) => {
    const space = await failoverWorkspace({ a: await backend() });
    const before = readFileSync(file(space), "utf8");
    const screen = await openScreen(space, line);
    await screen.until(question);
    screen.press("C-d");
    expect(await screen.ended()).toBe(130);
    expect(screen.text()).toContain("nothing was changed");
    expect(readFileSync(file(space), "utf8")).toBe(before);
  });
});

describe("nexus backend add", () => {
  it("T23 asks nothing off a terminal", async () => {
    const { code, stdout, stderr } = await (await workspace()).nexus(["backend", "add"]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain("for example: nexus backend add http://127.0.0.1:11434");
  });

  it("with --test adds nothing that does not answer", async () => {
    const space = await workspace();
    const add = ["backend", "add", await deadAddress(), "--type", "generic", "--test"];
    const { code, stderr } = await space.nexus(add);
    expect(code).toBe(5);
    expect(stderr).toContain("nothing was added");
    expect(existsSync(file(space))).toBe(false);
  });
});
