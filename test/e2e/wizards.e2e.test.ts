import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { backend } from "./support/backends.ts";
import { NO_SCREEN, openScreen } from "./support/screen.ts";
import { failoverWorkspace, type Workspace } from "./support/workspace.ts";

const saved = (space: Workspace, name: string) =>
  readFileSync(path.join(space.configDir, "profiles", `${name}.json`), "utf8");

describe.skipIf(NO_SCREEN !== undefined)("nexus profile save loadbalancer, without arguments", () => {
  it("asks for policy, members in order and settings, tries it, saves it, and prints the command", {
    timeout: 60_000,
  }, async () => {
    const [a, b] = [await backend({ answer: "OK" }), await backend({ answer: "OK" })];
    const space = await failoverWorkspace({ a, b });
    const screen = await openScreen(space, "nexus profile save loadbalancer >out", { columns: 120 });
    await screen.until(/Name of the profile:/);
    screen.type("mine");
    screen.press("Enter");
    await screen.until(/Policy:/);
    screen.press("Enter");
    await screen.until(/Member 1:/);
    screen.press("Down", "Enter");
    await screen.until(/Member 2:/);
    screen.press("Enter");
    await screen.until(/Member 3:/);
    screen.press("Enter");
    await screen.until(/Change a setting\?/);
    screen.press("Down", "Enter");
    await screen.until(/failover_retry_count, a whole number from 0:/);
    screen.type("many");
    screen.press("Enter");
    await screen.until(/has to be a whole number from 0, not "many"/);
    screen.press("BSpace", "BSpace", "BSpace", "BSpace");
    screen.type("2");
    screen.press("Enter");
    await screen.until(/failover_retry_count \(2\)/);
    screen.press("Enter");
    await screen.until(/Try it with one short question/);
    expect(readdirSync(path.join(space.configDir, "profiles"))).not.toContain("mine.json");
    screen.press("Enter");
    expect(await screen.ended()).toBe(0);
    expect(screen.text()).toContain("nexus: it answers: OK");
    const command = "nexus profile save loadbalancer mine failover b a --set failover_retry_count=2 --test";
    expect(screen.text().replaceAll("\n", "")).toContain(`the same without questions: ${command}`);
    expect(b.chats).toHaveLength(1);
    expect(readFileSync(path.join(space.dir, "out"), "utf8")).toBe("");
    const first = saved(space, "mine");
    expect(JSON.parse(first)).toMatchObject({ policy: "failover", profiles: ["b", "a"] });
    expect((await space.shell(`${command} --force`)).code).toBe(0);
    expect(saved(space, "mine")).toBe(first);
  });

  it.each([
    ["at the first question", /Name of the profile:/, []],
    ["at the members", /Member 1:/, ["mine", "Enter", "Enter"]],
  ] as const)("Ctrl-C %s leaves nothing: 130", async (_where, question, keys) => {
    const space = await failoverWorkspace({ a: await backend(), b: await backend() });
    const screen = await openScreen(space, "nexus profile save loadbalancer");
    await screen.until(/Name of the profile:/);
    const [name, ...rest] = keys;
    if (name !== undefined) screen.type(name);
    for (const [at, key] of rest.entries()) {
      screen.press(key);
      await screen.until(at === 0 ? /Policy:/ : question);
    }
    await screen.until(question);
    screen.press("C-c");
    expect(await screen.ended()).toBe(130);
    expect(screen.text()).toContain("nothing was changed");
    expect(readdirSync(path.join(space.configDir, "profiles"))).toEqual(["a.json", "b.json", "lb.json"]);
  });

  it("a profile that does not answer is not saved unless the person says so", async () => {
    const failing = { steps: ["503", "503", "503", "503"] };
    const space = await failoverWorkspace({ a: await backend(failing), b: await backend(failing) });
    const screen = await openScreen(space, "nexus profile save loadbalancer");
    await screen.until(/Name of the profile:/);
    screen.type("mine");
    screen.press("Enter");
    for (const question of [/Policy:/, /Member 1:/, /Member 2:/, /Member 3:/, /Change a setting/, /Try it/]) {
      await screen.until(question);
      screen.press("Enter");
    }
    await screen.until(/Save it all the same\?/);
    screen.press("Enter");
    expect(await screen.ended()).toBe(130);
    expect(readdirSync(path.join(space.configDir, "profiles"))).not.toContain("mine.json");
  });
});

describe.skipIf(NO_SCREEN !== undefined)("nexus profile save model, without arguments", () => {
  it("offers the backend's own models, and prints the command", { timeout: 60_000 }, async () => {
    const a = await backend({ models: ["small", "large"], answer: "OK" });
    const space = await failoverWorkspace({ a });
    const screen = await openScreen(space, "nexus profile save model", { columns: 140 });
    await screen.until(/Name of the profile:/);
    screen.type("mine");
    screen.press("Enter");
    await screen.until(/Backend:/);
    screen.press("Enter");
    await screen.until(/Model:[\s\S]*large/);
    screen.press("Down", "Enter");
    await screen.until(/System text/);
    screen.type("Be brief.");
    screen.press("Enter");
    await screen.until(/Parameter/);
    screen.type("temperature=0.2");
    screen.press("Enter");
    await screen.until(/temperature=0.2\n.*Parameter/);
    screen.press("Enter");
    await screen.until(/Try it/);
    screen.press("n", "Enter");
    expect(await screen.ended()).toBe(0);
    expect(screen.text().replaceAll("\n", "")).toContain(
      "nexus profile save model mine --backend a --model large --set temperature=0.2 --system 'Be brief.'",
    );
    expect(JSON.parse(saved(space, "mine"))).toMatchObject({
      model: "large",
      system: "Be brief.",
      params: { temperature: 0.2 },
    });
    expect(a.chats).toEqual([]);
  });
});

describe("nexus profile save --test", () => {
  it.each([
    ["model", "mine", "--backend", "a", "--model", "m-a"],
    ["loadbalancer", "mine", "failover", "a", "b"],
  ])("saves a %s only when it answers", async (...words) => {
    const [a, b] = [await backend({ steps: ["503", "ok"] }), await backend({ steps: ["503", "ok"] })];
    const space = await failoverWorkspace({ a, b });
    const save = () => space.nexus(["profile", "save", ...words, "--test"]);
    const failed = await save();
    expect(failed.code).toBe(5);
    expect(failed.stderr).toContain("nothing was saved");
    expect(readdirSync(path.join(space.configDir, "profiles"))).not.toContain("mine.json");
    await space.nexus(["status", "reset"]);
    expect((await save()).code).toBe(0);
    expect(JSON.parse(saved(space, "mine"))).toMatchObject({ type: words[0] });
  });
});

describe("T23 without a terminal, with --no-input and in CI nothing is asked", () => {
  it.each([["loadbalancer"], ["model"]])("profile save %s", async (kind) => {
    const space = await failoverWorkspace({ a: await backend() });
    const { code, stdout, stderr } = await space.nexus(["profile", "save", kind]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(`for example: nexus profile save ${kind}`);
  });

  it.skipIf(NO_SCREEN !== undefined).each([
    ["nexus --no-input profile save model", {}],
    ["nexus profile save model", { CI: "true" }],
  ])("%s %j", async (line, env) => {
    const space = await failoverWorkspace({ a: await backend() });
    const screen = await openScreen(space, line, { env });
    expect(await screen.ended()).toBe(2);
  });
});
