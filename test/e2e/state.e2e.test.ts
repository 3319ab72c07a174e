import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { backend } from "./support/backends.ts";
import { whyNoTmpfs } from "./support/limits.ts";
import { failoverWorkspace, type Workspace } from "./support/workspace.ts";

const WARNING = /^nexus: warning: .*$/gm;

/** A workspace whose profile `lb` takes turns between a and b, each of which answers with its name. */
async function turns(): Promise<Workspace> {
  const space = await failoverWorkspace({
    a: await backend({ answer: "a" }),
    b: await backend({ answer: "b" }),
  });
  await space.profile("lb", { version: 1, type: "loadbalancer", policy: "roundrobin", profiles: ["a", "b"] });
  return space;
}

function warnings({ stderr }: { stderr: string }): readonly string[] {
  return stderr.match(WARNING) ?? [];
}

describe("S16 whatever is wrong with the state directory, the answer comes, with one warning", () => {
  it("a file stands in its place", async () => {
    const space = await turns();
    await space.write("state", "");
    const run = await space.nexus(["chat", "-p", "lb", "x"]);
    expect(run).toMatchObject({ code: 0, stdout: "a\n" });
    expect(warnings(run)).toEqual([expect.stringContaining(join(space.stateDir, "state.db"))]);
  });

  it("it is corrupt: what was there is kept beside the new one, which the next run goes on with", async () => {
    const space = await turns();
    await mkdir(space.stateDir);
    await writeFile(join(space.stateDir, "state.db"), "no database".repeat(1_000));
    const first = await space.nexus(["chat", "-p", "lb", "x"]);
    expect(first).toMatchObject({ code: 0, stdout: "a\n" });
    expect(warnings(first)).toEqual([expect.stringMatching(/state\.db: it is not a database; kept as /)]);
    const kept = (await readdir(space.stateDir)).filter((name) =>
      /^state\.db\.corrupt-[^-]+-[\w-]*Z$/.test(name),
    );
    expect(kept).toHaveLength(1);
    expect(await readFile(join(space.stateDir, kept[0] ?? ""), "utf8")).toBe("no database".repeat(1_000));
    const second = await space.nexus(["chat", "-p", "lb", "x"]);
    expect(second).toMatchObject({ code: 0, stdout: "b\n" });
    expect(warnings(second)).toEqual([]);
  });

  it.each([1, 8])("files may not grow beyond %i KiB", async (limit) => {
    const space = await turns();
    const run = await space.shell(`ulimit -f ${limit}; nexus chat -p lb x`);
    expect(run).toMatchObject({ code: 0, stdout: "a\n" });
    expect(warnings(run)).toEqual([expect.stringContaining("nothing of this run is kept")]);
    expect(warnings(await space.nexus(["chat", "-p", "lb", "x"]))).toEqual([]);
  });

  it.skipIf(whyNoTmpfs() !== undefined)("the disk is full", async () => {
    const space = await turns();
    const run = await space.shell(
      `mkdir state && mount -t tmpfs -o size=8k tmpfs state || exit 99
       trap 'umount state' EXIT
       head -c 8k /dev/zero > state/full
       nexus chat -p lb x`,
    );
    expect(run).toMatchObject({ code: 0, stdout: "a\n" });
    expect(warnings(run)).toEqual([expect.stringContaining("state.db")]);
  });

  it("even so a run goes on by what it learns itself", async () => {
    const space = await failoverWorkspace({ a: await backend({ steps: ["429:retry-after=60", "ok"] }) });
    await space.write("state", "");
    const settings = { failover_retry_count: 3 };
    await space.profile("twice", {
      version: 1,
      type: "loadbalancer",
      policy: "roundrobin",
      profiles: ["a", "again"],
      settings,
    });
    await space.profile("again", { version: 1, type: "model", backend: "a", model: "m-a" });
    const { code, stderr } = await space.nexus(["chat", "-p", "twice", "x"]);
    expect(stderr).toContain("chain: a: rate limited -> again: cooling down (skipped)");
    expect(code).toBe(5);
  });
});

it("what processes share is readable by its owner only, and tells no key", async () => {
  const space = await failoverWorkspace({
    a: { url: (await backend({ apiKey: "sk-right" })).url, record: { api_key_env: "A_KEY" } },
  });
  await space.nexus(["chat", "-p", "a", "x"], { env: { A_KEY: "sk-wrong-and-secret" } });
  const { stdout } = await space.shell("umask; stat -c '%a %n' state state/state.db; cat state/*");
  expect(stdout).toMatch(/^700 state\n600 state\/state\.db$/m);
  expect(stdout).toContain('key:["a"');
  expect(stdout).not.toContain("wrong-and-secret");
});
