import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { type Workspace, workspace } from "./support/workspace.ts";

/** A workspace whose temporary directory is its own, so that what is left behind shows. */
async function stage(): Promise<{ space: Workspace; env: Record<string, string>; temp: string }> {
  const space = await workspace();
  const temp = join(space.dir, "tmp");
  await mkdir(temp);
  return { space, temp, env: { TMPDIR: temp } };
}

it("the main job in one command: saved profiles, three failures and a skip, four answers, each with its chain log", async () => {
  const { space, env, temp } = await stage();
  const { code, stdout, stderr } = await space.nexus(["demo"], { env });
  expect(stderr).toMatch(/nexus: chain: fast: failed \(503 .*\) -> local: success\n/);
  expect(stderr).toMatch(/nexus: chain: fast: rate limited -> local: success\n/);
  expect(stderr).toMatch(/nexus: chain: fast: timeout -> local: success\n/);
  expect(stderr).toMatch(/nexus: chain: fast: cooling down \(skipped\) -> local: success\n/);
  expect(stderr.match(/nexus: answered by: llama3\.2 @ box \(local\)/g)).toHaveLength(4);
  expect(stdout).toContain("$ nexus profile save loadbalancer failover-lb failover fast local\n");
  expect(stdout).toContain('$ nexus chat --no-stdin --profile failover-lb "Say hello"\n');
  expect(stdout.match(/^Hello! I am llama3\.2/gm)).toHaveLength(4);
  expect(code).toBe(0);
  expect(await readdir(temp)).toEqual([]);
});

it("neither the user's configuration and state nor keys and profiles in the environment matter", async () => {
  const { space, env } = await stage();
  await space.write("config/config.json", "{ broken");
  const { code } = await space.nexus(["demo"], {
    env: { ...env, OPENAI_API_KEY: "sk-made-up", NEXUS_PROFILE: "nope", HTTP_PROXY: "http://127.0.0.1:9" },
  });
  expect(code).toBe(0);
  expect(await readdir(space.dir)).toEqual(["config", "tmp"]);
  expect(await readdir(space.configDir)).toEqual(["config.json"]);
});

it("T3, T4 no escape sequence reaches a pipe unless colour is asked for", async () => {
  const { space, env } = await stage();
  const plain = await space.nexus(["demo"], { env });
  expect(plain.stdout + plain.stderr).not.toContain("\u001b");
  const coloured = await space.nexus(["--color", "always", "demo"], { env });
  expect(coloured.stdout).toContain("\u001b[");
});

it.each([
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const)("T14 %s in the middle ends it with %i, and nothing is left", async (signal, code) => {
  const { space, env, temp } = await stage();
  const running = space.start(["demo"], { env });
  await running.until("stdout", /\$ nexus chat/);
  running.child.kill(signal);
  expect((await running.ended).code).toBe(code);
  expect(await readdir(temp)).toEqual([]);
});

it("T5 a reader that leaves early ends it quietly", async () => {
  const { space, env, temp } = await stage();
  const { stderr } = await space.shell("(nexus demo; echo code $? >&2) | head -n 12", { env });
  expect(stderr).toMatch(/code 0\n$/);
  expect(stderr).not.toMatch(/did not go as planned|\n\s+at /);
  expect(await readdir(temp)).toEqual([]);
});
