import { chmod, lstat, mkdir, readdir, readFile, rename, stat, symlink } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { AS_NOBODY, programFor, whyNoTmpfs } from "./support/limits.ts";
import { type Workspace, workspace } from "./support/workspace.ts";

const NO_TMPFS = whyNoTmpfs();

const configFile = (space: Workspace) => join(space.configDir, "config.json");
const text = (space: Workspace) => readFile(configFile(space), "utf8");
const config = (space: Workspace, ...args: string[]) => space.nexus(["config", ...args]);

/** A workspace whose `config.json` is over 10 KB. */
async function bigConfiguration(): Promise<Workspace> {
  const space = await workspace();
  const models = Array.from({ length: 400 }, (_, at) => `model-number-${at}`);
  await space.config({ backends: { box: { type: "ollama", models } } });
  return space;
}

describe("config get, set, unset, list", () => {
  it("what is set is got and listed, and gone when it is unset", async () => {
    const space = await workspace();
    expect(
      (await config(space, "set", "backends.box", '{"type":"generic","url":"http://127.0.0.1:1"}')).code,
    ).toBe(0);
    expect((await config(space, "set", "backends.box.tier", "3")).code).toBe(0);
    expect((await config(space, "get", "backends.box.tier")).stdout).toBe("3\n");
    expect((await config(space, "get", "backends.box.type")).stdout).toBe("generic\n");
    expect((await config(space, "get", "backends.box.type", "--json")).stdout).toBe('"generic"\n');
    expect((await config(space, "list")).stdout).toMatch(/^backends\.box\.tier +3$/m);
    expect(JSON.parse((await config(space, "list", "--json")).stdout)).toEqual(JSON.parse(await text(space)));
    expect((await config(space, "unset", "backends.box.tier")).code).toBe(0);
    const unset = await config(space, "get", "backends.box.tier");
    expect(unset).toMatchObject({ code: 3, stdout: "" });
    expect(unset.stderr).toContain("backends.box.tier");
    expect((await config(space, "unset", "backends.box.tier")).code).toBe(3);
  });

  it("names with dots work with and without quotes", async () => {
    const space = await workspace();
    expect((await config(space, "set", 'backends."my.box"', '{"type":"ollama"}')).code).toBe(0);
    expect((await config(space, "set", "backends.my.box.tier", "2")).code).toBe(0);
    expect(JSON.parse(await text(space))).toEqual({ backends: { "my.box": { type: "ollama", tier: 2 } } });
  });

  it("a text that looks like JSON is a text where only a text fits", async () => {
    const space = await workspace();
    expect((await config(space, "set", "default_profile", "7")).code).toBe(0);
    expect(JSON.parse(await text(space))).toEqual({ default_profile: "7" });
  });

  it.each([
    ["backends.box.tier", "high", "a whole number from 0 to 5"],
    ["backends.box.type", "olama", '"ollama"'],
    ["backends.box.api_key", "canary-secret", "api_key_env"],
    ["backends.box.headers.authorization", "Bearer canary", "headers"],
    ["backends.box.url", "http://me:canary@127.0.0.1", "url"],
    ["backends.box.max_concurrent", "0", "whole number from 1"],
    ["server.port", "70000", "a whole number from 0 to 65535"],
    ["health.interval_ms", "0", "a whole number of milliseconds above 0"],
    ["aliases.a", "a", "is a cycle: a -> a"],
    ["fallbacks.gpt-4.1", '["m"]', `write 'fallbacks."gpt-4.1"'`],
    ["routing.strategy", "best", '"round_robin"'],
    ["routing.settings.failover_retry_count", "many", "whole number"],
    ["presets", "maybe", "true or false"],
    ["__proto__.polluted", "1", "__proto__"],
    ["constructor.prototype", "1", ""],
  ])("S3 set %s %s is refused or harmless, and a key is not repeated", async (key, value, said) => {
    const space = await workspace();
    await space.config({ backends: { box: { type: "ollama" } } });
    const before = await text(space);
    const { code, stderr } = await config(space, "set", key, value);
    expect(stderr).toContain(said);
    expect(stderr).not.toContain("canary");
    if (said === "") return;
    expect([2, 3]).toContain(code);
    expect(await text(space)).toBe(before);
  });

  it.each(["", "a..b", '"a'])("the key %j is a usage error", async (key) => {
    expect((await config(await workspace(), "get", key)).code).toBe(2);
  });

  it("an unknown key is set with a warning that names the nearest", async () => {
    const { code, stderr } = await config(await workspace(), "set", "defualt_profile", "x");
    expect(code).toBe(0);
    expect(stderr).toMatch(/warning.*defualt_profile.*default_profile/);
  });
});

describe("config path, schema, validate, edit", () => {
  it("T21 path says where the file is, --config-dir before NEXUS_CONFIG_DIR", async () => {
    const space = await workspace();
    expect((await config(space, "path")).stdout).toBe(`${configFile(space)}\n`);
    expect((await config(space, "path", "--config-dir", "/elsewhere")).stdout).toBe(
      "/elsewhere/config.json\n",
    );
    expect(JSON.parse((await config(space, "path", "--json")).stdout)).toMatchObject({
      state_dir: space.stateDir,
    });
  });

  it("schema prints a JSON Schema for both kinds of file", async () => {
    const space = await workspace();
    expect(JSON.parse((await config(space, "schema")).stdout).properties).toHaveProperty("backends");
    expect(JSON.parse((await config(space, "schema", "profile")).stdout)).toHaveProperty("anyOf");
    expect((await config(space, "schema", "other")).code).toBe(2);
  });

  it("validate names everything that is wrong with file, line and column or key", async () => {
    const space = await workspace();
    await space.config({ default_profile: "gone", backends: { box: { type: "ollama", tear: 1 } } });
    await space.profile("ok", { version: 1, type: "model", backend: "box", model: "m" });
    await space.write("config/profiles/half.json", '{\n  "version": 1,\n');
    await space.profile("bad", { version: 1, type: "model", backend: "box", model: 3 });
    const { code, stdout } = await config(space, "validate");
    expect(code).toBe(3);
    expect(stdout).toMatch(/config\.json: default_profile: there is no profile "gone"/);
    expect(stdout).toMatch(/half\.json:3:1: /);
    expect(stdout).toMatch(/bad\.json: .*model: has to be a text/);
    expect(stdout).toMatch(/note: .*backends\.box\.tear: unknown key \(did you mean tier/);
    expect(JSON.parse((await config(space, "validate", "--json")).stdout)).toMatchObject({ ok: false });
  });

  it("validate is exit 0 on an empty and on a good configuration", async () => {
    const space = await workspace();
    expect(await config(space, "validate")).toMatchObject({ code: 0, stdout: "ok\n" });
    await space.config({ backends: { box: { type: "ollama" } } });
    expect((await config(space, "validate")).code).toBe(0);
  });

  it("edit saves what is valid and leaves the old file otherwise", async () => {
    const space = await workspace();
    await space.config({ presets: true });
    const edit = (command: string) =>
      space.nexus(["config", "edit"], { env: { EDITOR: command, TMPDIR: space.dir } });
    expect((await edit("sed -i 's/true/false/'")).code).toBe(0);
    expect(await text(space)).toContain("false");
    const { code, stderr } = await edit("sed -i 's/false/maybe/'");
    expect(code).toBe(3);
    expect(stderr).toContain("config.json:2:");
    expect(await text(space)).toContain("false");
  });
});

describe("the file is never lost", () => {
  it.each([
    ["", ":1:1:"],
    ['{"backends": {', ":1:15:"],
    ['{\n  "presets": tru\n}', ":2:14:"],
    ["[]", ":1:1:"],
    ["null", ":1:1:"],
  ])("S2 S3 %j stops with exit 3 and its place, and stays as it is", async (content, place) => {
    const space = await workspace();
    await space.write("config/config.json", content);
    for (const args of [
      ["profile", "list"],
      ["config", "list"],
      ["config", "set", "presets", "false"],
    ]) {
      const { code, stderr } = await space.nexus(args);
      expect(code).toBe(3);
      expect(stderr).toContain(`${configFile(space)}${place}`);
    }
    expect(await text(space)).toBe(content);
  });

  it("S4 two processes that write at once lose nothing", async () => {
    const space = await workspace();
    const names = Array.from({ length: 6 }, (_, at) => `b${at}`);
    const one = (names: readonly string[]) =>
      names.map((name) => `nexus -q config set backends.${name} '{"type":"ollama"}'`).join(" && ");
    const { code } = await space.shell(`(${one(names.slice(0, 3))}) & (${one(names.slice(3))}) & wait`);
    expect(code).toBe(0);
    expect(Object.keys(JSON.parse(await text(space)).backends).sort()).toEqual(names);
    expect(await readdir(space.configDir)).toEqual(["config.json"]);
  });

  it("S1 a file that cannot be written whole leaves the old one", async () => {
    const space = await bigConfiguration();
    const before = await text(space);
    // A limit on the size of files cuts the write short as a full disk does, and comes with a signal that ends a process.
    const { code, stderr } = await space.shell("ulimit -f 4; nexus config set presets false");
    expect(stderr).toContain(`${join(space.configDir, "config.json")}: `);
    expect(code).toBe(1);
    expect(await text(space)).toBe(before);
    expect((await config(space, "set", "presets", "false")).code).toBe(0);
  });

  it.skipIf(NO_TMPFS !== undefined)(
    "S1 a full disk leaves the old file and nothing else, and is said",
    async () => {
      const space = await bigConfiguration();
      const full = join(space.dir, "full");
      const { stdout } = await space.shell(
        `mkdir full && mount -t tmpfs -o size=20k tmpfs full || exit 99
      cp config/config.json full/; nexus --config-dir full config set presets false 2>err; echo "rc=$?"
      cmp config/config.json full/config.json && ls -A full; umount full; cat err`,
      );
      expect(stdout).toMatch(/^rc=1\nconfig\.json\n/);
      expect(stdout).toMatch(new RegExp(`${full}/config\\.json: .*(disk|ENOSPC)`));
    },
  );

  it("S5 files are 0600 and directories 0700, and a mode that was chosen stays", async () => {
    const space = await workspace();
    await space.shell("umask 000; nexus config set presets true");
    const mode = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);
    expect(await mode(space.configDir)).toBe("700");
    expect(await mode(configFile(space))).toBe("600");
    await space.nexus(["profile", "save", "model", "m", "--backend", "openai", "--model", "gpt"]);
    expect(await mode(join(space.configDir, "profiles"))).toBe("700");
    expect(await mode(join(space.configDir, "profiles", "m.json"))).toBe("600");
    await chmod(configFile(space), 0o640);
    await config(space, "set", "presets", "false");
    expect(await mode(configFile(space))).toBe("640");
  });

  it("S6 a symbolic link survives, and its target is written", async () => {
    const space = await workspace();
    await config(space, "set", "presets", "true");
    const target = join(space.dir, "dotfiles.json");
    await rename(configFile(space), target);
    await symlink(target, configFile(space));
    expect((await config(space, "set", "presets", "false")).code).toBe(0);
    expect((await lstat(configFile(space))).isSymbolicLink()).toBe(true);
    expect(JSON.parse(await readFile(target, "utf8"))).toEqual({ presets: false });
  });

  it("S7 a configuration that cannot be written still reads; a write is one line that says why", async () => {
    const space = await workspace();
    await config(space, "set", "presets", "false");
    await mkdir(join(space.configDir, "profiles"));
    const program = await programFor(space);
    const line = (args: string) => space.shell(`${AS_NOBODY}'${process.execPath}' '${program}' ${args}`);
    await chmod(configFile(space), 0o644);
    await chmod(space.configDir, 0o555);
    const read = await line("config get presets");
    const written = await line("config set presets true");
    await chmod(space.configDir, 0o755);
    expect(read).toEqual({ code: 0, signal: null, stdout: "false\n", stderr: "" });
    expect(written.code).toBe(1);
    expect(written.stderr).toMatch(/cannot be written: permission denied \(EACCES\)/);
    expect(written.stderr).not.toMatch(/^ +at /m);
  });

  it("S7 commands that only read make no files", async () => {
    const space = await workspace();
    for (const args of [
      ["config", "list"],
      ["config", "validate"],
      ["profile", "list"],
      ["profile", "check"],
    ]) {
      expect((await space.nexus(args)).code).toBe(0);
    }
    expect(await readdir(space.dir)).toEqual([]);
  });

  it("T20 NEXUS_PRESETS and NEXUS_PROFILE win over the file", async () => {
    const space = await workspace();
    await space.config({ presets: true, default_profile: "file" });
    const env = { NEXUS_PRESETS: "false", NEXUS_PROFILE: "env" };
    expect((await space.nexus(["profile", "default"], { env })).stdout).toBe("env\n");
    const args = ["profile", "save", "model", "m", "--backend", "openai", "--model", "gpt"];
    expect((await space.nexus(args, { env })).code).toBe(3);
  });
});
