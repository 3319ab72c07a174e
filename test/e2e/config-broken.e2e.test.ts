import { mkdir, readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { programFor } from "./support/limits.ts";
import { type Workspace, workspace } from "./support/workspace.ts";

const configFile = (space: Workspace) => join(space.configDir, "config.json");

/** Every way to write the configuration. */
const WRITERS = [
  ["config", "set", "presets", "false"],
  ["config", "unset", "presets"],
  ["backend", "add", "http://127.0.0.1:1", "--type", "ollama", "--name", "new"],
  ["backend", "edit", "box", "--tier", "3"],
  ["backend", "remove", "box", "--force"],
  ["profile", "save", "model", "new", "--backend", "box", "--model", "m"],
  ["profile", "default", "fast"],
  ["profile", "rename", "fast", "quick"],
  ["profile", "delete", "fast", "--cascade", "--force"],
  ["key", "set", "box"],
];

describe("a configuration that cannot be read", () => {
  const deep = (levels: number) => `${'{"a":'.repeat(levels)}1${"}".repeat(levels)}`;
  it.each([
    ["empty", "", ":1:1: "],
    ["half", '{"backends": {', ":1:15: "],
    ["a list", "[]", ":1:1: "],
    ["a name twice", '{\n  "presets": true,\n  "presets": false\n}', ':3:3: the key "presets" stands twice'],
    ["a name twice, once in disguise", '{"presets":true, "pr\\u0065sets":true}', ":1:18: "],
    ["UTF-16", Buffer.from('\ufeff{"presets":true}', "utf16le"), ": is not UTF-8"],
    ["UTF-16 without its mark", Buffer.from('{"presets":true}', "utf16le"), ":1:2: "],
    ["a zero byte at its end", '{"presets":true}\0', ":1:17: "],
    ["nested without end", "[".repeat(1e6), ":1:101: "],
    ["valid and deeper than anything is", deep(100_000), ":1:501: "],
    ["10 MB of something else", '{"x": "y"}'.repeat(1e6), ":1:11: "],
  ])("S2 S3 %s: exit 3 with file and place, and it stays as it is", async (_name, content, place) => {
    const space = await workspace();
    await space.write("config/config.json", content);
    for (const args of [["profile", "list"], ["config", "list"], WRITERS[0] ?? []]) {
      const { code, stderr } = await space.nexus(args);
      expect(code).toBe(3);
      expect(stderr).toContain(`${configFile(space)}${place}`);
      expect(stderr).not.toMatch(/^ +at /m);
    }
    expect(Buffer.from(content).equals(await readFile(configFile(space)))).toBe(true);
    expect(await readdir(space.configDir)).toEqual(["config.json"]);
  });

  it("S2 no command writes over it", async () => {
    const space = await workspace();
    await space.profile("fast", { version: 1, type: "model", backend: "box", model: "m" });
    await space.write("config/config.json", '{"presets": tru}');
    for (const args of WRITERS) {
      const { code, stderr } = await space.nexus(args, { stdin: "key\n" });
      expect(code, args.join(" ")).toBe(3);
      expect(stderr).toContain(`${configFile(space)}:1:13: `);
    }
    expect(await readFile(configFile(space), "utf8")).toBe('{"presets": tru}');
  });

  it("S2 a byte order mark is no fault", async () => {
    const space = await workspace();
    await space.write("config/config.json", '\ufeff{"presets": true}');
    expect((await space.nexus(["config", "set", "presets", "false"])).code).toBe(0);
    expect(JSON.parse(await readFile(configFile(space), "utf8"))).toEqual({ presets: false });
  });

  it("S2 10 MB of configuration are read and written", async () => {
    const space = await workspace();
    await space.config({ backends: { box: { type: "ollama", models: ["x".repeat(1e7)] } } });
    expect((await space.nexus(["config", "set", "backends.box.tier", "2"])).code).toBe(0);
    expect((await stat(configFile(space))).size).toBeGreaterThan(1e7);
  });

  it.each(["config.json", "profiles/fast.json", "secrets.json"])(
    "S2 a directory or a pipe called %s is told, not waited for",
    async (name) => {
      const space = await workspace();
      const commands = [
        ["profile", "check"],
        ["config", "validate"],
        ["key", "list"],
      ];
      const run = async () => {
        const ends = await Promise.all(commands.map((args) => space.nexus(args)));
        return ends.map(({ code, stdout, stderr }) => ({ code, text: stdout + stderr }));
      };
      await mkdir(join(space.configDir, name), { recursive: true });
      const directory = await run();
      await space.shell(`rmdir config/${name} && mkfifo config/${name}`);
      const pipe = await run();
      for (const [seen, what] of [
        [directory, "it is a directory"],
        [pipe, "it is not a regular file"],
      ] as const) {
        const told = seen.filter(({ text }) => text.includes(`${name}: cannot be read: ${what}`));
        expect(told.length).toBeGreaterThan(0);
        expect(seen.map(({ code }) => code)).toContain(3);
      }
    },
  );
});

describe("a profile of a newer nexus", () => {
  it("S8 is neither used nor written over, and what is wrong is said", async () => {
    const space = await workspace();
    await space.config({ backends: { box: { type: "ollama" } } });
    const content = { version: 2, type: "model", backend: "box", model: "m", novelty: { a: 1 } };
    await space.profile("fast", content);
    const file = join(space.configDir, "profiles", "fast.json");
    const before = await readFile(file, "utf8");
    for (const args of [
      ["profile", "set", "fast", "params.temperature=1"],
      ["profile", "save", "model", "fast", "--backend", "box", "--model", "m", "--force"],
      ["profile", "rename", "fast", "quick"],
      ["profile", "copy", "fast", "quick"],
      ["chat", "--profile", "fast", "hello"],
    ]) {
      const { code, stderr } = await space.nexus(args);
      expect(code, args.join(" ")).toBe(3);
      expect(stderr).toContain("version: 2 is of a newer nexus");
    }
    expect(await readFile(file, "utf8")).toBe(before);
    expect((await space.nexus(["profile", "check"])).stdout).toContain("version: 2 is of a newer nexus");
  });
});

describe("names", () => {
  it.each(["..", "a/b", "CON", "nul.x", "trailing.", ".hidden", "x".repeat(65), "caf\u00e9", "cafe\u0301"])(
    "S9 a profile cannot be called %j",
    async (name) => {
      const space = await workspace();
      const args = ["profile", "save", "model", "--backend", "openai", "--model", "m", "--", name];
      expect((await space.nexus(args)).code).toBe(2);
      expect(await readdir(space.dir)).toEqual([]);
    },
  );

  it("S3 S9 with dots, or those of JavaScript's objects, work everywhere", async () => {
    const space = await workspace();
    for (const line of [
      `nexus config set 'backends."a.b"' '{"type":"ollama"}'`,
      "nexus config set backends.a.b.tier 2",
      "nexus backend add http://127.0.0.1:1 --type ollama --name constructor",
      "nexus backend edit a.b --timeout connect=500ms",
      "nexus profile save model v1.2 --backend a.b --model gpt-4.1",
      "nexus profile save model toString --backend constructor --model m",
      "nexus profile save loadbalancer all.v1 failover v1.2 toString",
      "nexus profile rename v1.2 v1.3",
      "nexus profile default all.v1",
      "nexus profile set v1.3 params.temperature=1",
      "nexus config unset backends.a.b.tier",
    ]) {
      expect(await space.shell(line), line).toMatchObject({ code: 0 });
    }
    expect(JSON.parse(await readFile(configFile(space), "utf8"))).toEqual({
      backends: {
        "a.b": { type: "ollama", timeouts: { connect_ms: 500 } },
        constructor: { type: "ollama", url: "http://127.0.0.1:1" },
      },
      default_profile: "all.v1",
    });
    expect(await space.shell("nexus config get backends.a.b.timeouts.connect_ms")).toMatchObject({
      stdout: "500\n",
    });
    expect(await space.shell("nexus config list")).toMatchObject({
      stdout: expect.stringContaining('backends."a.b".type'),
    });
    const all = await space.nexus(["profile", "show", "all.v1", "--json"]);
    expect(JSON.parse(all.stdout)).toMatchObject({ members: [{ name: "v1.3" }, { name: "toString" }] });
    expect((await space.nexus(["profile", "check"])).code).toBe(0);
    for (const name of ["valueOf", "__proto__", "hasOwnProperty"]) {
      expect((await space.nexus(["config", "get", `backends.${name}`])).code).toBe(3);
      expect((await space.nexus(["profile", "show", name])).code).toBe(3);
    }
  });
});

describe("a default profile that is not there", () => {
  it("S8 is set with a warning that names the nearest, and config validate says so", async () => {
    const space = await workspace();
    await space.profile("fast", { version: 1, type: "model", backend: "openai", model: "m" });
    const said = 'default_profile: there is no profile "fats" (did you mean fast?)';
    const set = await space.nexus(["config", "set", "default_profile", "fats"]);
    expect(set).toMatchObject({ code: 0, stderr: expect.stringContaining(`warning: ${said}`) });
    const validate = await space.nexus(["config", "validate"]);
    expect(validate).toMatchObject({ code: 3, stdout: expect.stringContaining(said) });
    // Another change is not the moment to repeat it.
    expect((await space.nexus(["config", "set", "presets", "true"])).stderr).not.toContain("warning");
    expect((await space.nexus(["config", "set", "default_profile", "fast"])).stderr).not.toContain("warning");
  });
});

describe("where the files are", () => {
  const NO_SETPRIV =
    process.getuid?.() === 0 ? undefined : "only root can become a user that the system does not know";
  if (NO_SETPRIV !== undefined) process.stderr.write(`a test of S21 is skipped: ${NO_SETPRIV}\n`);

  it("S21 relative HOME and XDG directories never lead into the working directory", async () => {
    const space = await workspace();
    const env = {
      NEXUS_CONFIG_DIR: undefined,
      NEXUS_STATE_DIR: undefined,
      HOME: "here",
      XDG_CONFIG_HOME: "here",
      XDG_STATE_HOME: "here",
    };
    const { stdout } = await space.nexus(["config", "path", "--json"], { env });
    const { config_file, state_dir } = JSON.parse(stdout);
    for (const path of [config_file, state_dir]) expect(path).not.toContain(space.dir);
  });

  it.skipIf(NO_SETPRIV !== undefined)(
    "S21 a user without any home is told, and needs none where the directory is stated",
    async () => {
      const space = await workspace();
      const env = { HOME: undefined, NEXUS_CONFIG_DIR: undefined, NEXUS_STATE_DIR: undefined };
      const path = (flags: string) =>
        space.shell(
          `exec setpriv --reuid 54321 --regid 54321 --clear-groups -- '${process.execPath}' program/bin/nexus.js config path ${flags}`,
          { env },
        );
      await programFor(space);
      expect(await path("")).toMatchObject({
        code: 3,
        stderr: expect.stringContaining("set HOME or NEXUS_CONFIG_DIR"),
      });
      expect(await path("--config-dir /stated --json")).toMatchObject({
        code: 0,
        stdout: expect.stringContaining('"/stated/state"'),
      });
    },
  );

  it("S21 a working directory that is gone stops nothing that needs none", async () => {
    const space = await workspace();
    const gone = (line: string) => space.shell(`mkdir gone && cd gone && rmdir ../gone && ${line}`);
    expect(await gone("nexus config set presets true")).toMatchObject({ code: 0 });
    const { code, stderr } = await gone("nexus profile import some.json");
    expect(code).toBe(1);
    expect(stderr).toContain("the working directory does not exist any more");
  });
});
