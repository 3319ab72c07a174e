import { chmod, lstat, mkdir, readdir, readFile, rename, stat, symlink } from "node:fs/promises";
import { join } from "node:path";
import { build } from "rolldown";
import { describe, expect, it } from "vitest";
import { AS_NOBODY, programFor, whyNoTmpfs } from "./support/limits.ts";
import { type Workspace, workspace } from "./support/workspace.ts";

const NO_TMPFS = whyNoTmpfs();

/** Every writer, and the file that it cannot write. */
const WRITERS = [
  ["nexus config set presets false", "config.json"],
  ["nexus config unset default_profile", "config.json"],
  ["EDITOR='sed -i s/true/false/' nexus config edit", "config.json"],
  ["nexus backend add http://127.0.0.1:1 --type ollama --name new", "config.json"],
  ["nexus backend edit box --tier 3", "config.json"],
  ["nexus backend remove box --force", "config.json"],
  ["nexus profile save model new --backend box --model m", "profiles/new.json"],
  ["nexus profile set a params.temperature=1", "profiles/a.json"],
  ["EDITOR='sed -i s/box/other/' nexus profile edit a", "profiles/a.json"],
  ["nexus profile copy a new", "profiles/new.json"],
  ["nexus profile rename a new", "profiles/new.json"],
  ["nexus profile delete a --cascade --force", "profiles/one.json"],
  ["nexus profile default b", "config.json"],
  ["nexus profile export b config/a-copy.json", "a-copy.json"],
  ["nexus profile export b config/profiles/a.json --force", "profiles/a.json"],
  ["nexus profile import spare.json", "profiles/spare.json"],
  ["echo new-key | nexus key set box --store file", "secrets.json"],
  ["nexus key delete box --force", "secrets.json"],
] as const;

/** A workspace with one of everything. */
async function furnished(): Promise<Workspace> {
  const space = await workspace();
  await space.config({
    presets: true,
    default_profile: "a",
    backends: { box: { type: "ollama", url: "http://127.0.0.1:1" } },
  });
  const model = { version: 1, type: "model", backend: "box", model: "m", system: "x".repeat(3000) };
  for (const name of ["a", "b", "c"]) await space.profile(name, model);
  const profiles = ["a", "b", "c"];
  for (const name of ["one", "two"]) {
    await space.profile(name, { version: 1, type: "loadbalancer", policy: "roundrobin", profiles });
  }
  const keys = { box: { store: "file", key: "old", saved_at: "" } };
  await chmod(await space.write("config/secrets.json", JSON.stringify({ version: 1, keys })), 0o600);
  await space.write("spare.json", JSON.stringify(model));
  return space;
}

const env = { NEXUS_KEYRING: "file" };

describe("no room on the disk", () => {
  it.each(WRITERS)(
    "S1 %s leaves every file as it was, and says which it could not write",
    async (line, file) => {
      const space = await furnished();
      // A limit on the size of files cuts a write short as a full disk does, for everybody and everywhere.
      const { code, stderr } = await space.shell(
        `cp -rp config before; (ulimit -f 0; ${line}); code=$?; diff -r before config && exit $code`,
        { env: { ...env, TMPDIR: space.dir } },
      );
      expect({ code, stderr }).toMatchObject({ code: 1 });
      // An editor's copy comes before the file itself.
      expect(stderr).toContain(line.startsWith("EDITOR") ? space.dir : `${join(space.configDir, file)}: `);
      expect(stderr).toMatch(/EFBIG/);
      expect(stderr).not.toContain("internal error");
    },
  );

  it.skipIf(NO_TMPFS !== undefined).each(WRITERS)("S1 %s on a full disk does so too", async (line, file) => {
    const space = await furnished();
    const { code, stdout, stderr } = await space.shell(
      `mv config before; mkdir config; mount -t tmpfs -o size=64k tmpfs config || exit 99
      cp -rp before/. config; dd if=/dev/zero of=config/filler bs=512 2>dd; rm dd
      ${line}; code=$?; rm config/filler; diff -r before config; umount config; exit $code`,
      { env: { ...env, TMPDIR: space.dir } },
    );
    expect({ code, stdout, stderr }).toMatchObject({ code: 1, stdout: "" });
    expect(stderr).toContain(`${join(space.configDir, file)}: `);
    expect(stderr).toMatch(/ENOSPC|fell short|could not be written whole/);
  });

  it.skipIf(NO_TMPFS !== undefined)(
    "S1 a disk with room for the first of many files leaves all as they were",
    async () => {
      const space = await furnished();
      const { code, stdout, stderr } = await space.shell(
        `mv config before; mkdir config; mount -t tmpfs -o size=64k tmpfs config || exit 99
      cp -rp before/. config; dd if=/dev/zero of=config/filler bs=4096 2>dd; rm dd; truncate -s -4096 config/filler
      nexus profile rename a new; code=$?; rm config/filler; diff -r before config; umount config; exit $code`,
      );
      expect({ code, stdout, stderr }).toMatchObject({ code: 1, stdout: "" });
      expect(stderr).toContain(`${join(space.configDir, "profiles", "one.json")}: `);
    },
  );

  it.skipIf(NO_TMPFS !== undefined)(
    "S1 a file that cannot be replaced takes back what was changed before it",
    async () => {
      const space = await furnished();
      // A file that is mounted by itself, as containers do, can be written but not replaced.
      const { code, stdout, stderr } = await space.shell(
        `cp -rp config before; mount --bind config/config.json config/config.json || exit 99
      nexus profile rename a new; code=$?; umount config/config.json; diff -r before config; exit $code`,
      );
      expect({ code, stdout, stderr }).toMatchObject({ code: 1, stdout: "" });
      expect(stderr).toMatch(/config\.json: cannot be written: .*mounted by itself.*EBUSY/);
    },
  );
});

/**
 * Makes the program stop before the n-th file (from 1) is put in its place or deleted: killed, or held there until it is.
 */
async function stopping(space: Workspace, how: "kill" | "hold", before: number) {
  const script = await space.write(
    "stop.cjs",
    `const fs = require("node:fs/promises");
    let left = ${before};
    const stop = async () => {
      if (${how === "kill"}) process.kill(process.pid, "SIGKILL");
      process.stderr.write("held\\n");
      await new Promise((resolve) => setTimeout(resolve, 60_000));
    };
    for (const [name, ending] of [["rename", ".new"], ["rm", ".json"]]) {
      const real = fs[name];
      fs[name] = async (path, ...rest) => {
        if (String(path).endsWith(ending) && --left === 0) await stop();
        return real(path, ...rest);
      };
    }
    require("node:module").syncBuiltinESMExports();`,
  );
  return { NODE_OPTIONS: `--require=${script}` };
}

const profilesOf = async (space: Workspace) => {
  const { stdout } = await space.nexus(["profile", "list", "--json"]);
  const rows: readonly { name: string; members?: readonly string[]; default: boolean }[] = JSON.parse(stdout);
  return rows.map(({ name, members, default: first }) =>
    `${name}${first ? "*" : ""} ${members ?? ""}`.trim(),
  );
};

describe("a writer that is killed", () => {
  const rename = ["profile", "rename", "a", "new"];
  const renamed = ["b", "c", "new*", "one new,b,c", "two new,b,c"];
  const remove = ["profile", "delete", "a", "--cascade", "--force"];
  const removed = ["b", "c", "one b,c", "two b,c"];
  it.each([
    // A new file, two load balancers, the default, the old file.
    ...[1, 2, 3, 4, 5].map((step) => ({ args: rename, after: renamed, step })),
    ...[1, 2, 3, 4].map((step) => ({ args: remove, after: removed, step })),
  ])(
    "S4 $args.1, before step $step: no reference is broken, and the same command finishes it",
    async ({ args, after, step }) => {
      const space = await furnished();
      const killed = await space.nexus(args, { env: await stopping(space, "kill", step) });
      expect(killed).toMatchObject({ signal: "SIGKILL" });
      expect(await space.nexus(["profile", "check"])).toMatchObject({ code: 0 });
      expect(await profilesOf(space)).toEqual(expect.arrayContaining(["b", "c"]));
      // As if the time of a dead lock had passed.
      await space.shell("touch -d @0 config/.lock");
      expect(await space.nexus(args)).toMatchObject({ code: 0 });
      expect(await profilesOf(space)).toEqual(after);
      const profiles = await readdir(join(space.configDir, "profiles"));
      expect(profiles.filter((name) => !name.endsWith(".json"))).toEqual([]);
      expect((await readdir(space.configDir)).sort()).toEqual(["config.json", "profiles", "secrets.json"]);
    },
  );

  it("S4 by kill -9 holds the next writer up for at most 6 seconds, and leaves the old file", async () => {
    const space = await furnished();
    const before = await readFile(join(space.configDir, "config.json"), "utf8");
    const writer = space.start(["config", "set", "presets", "false"], {
      env: await stopping(space, "hold", 1),
    });
    await writer.until("stderr", /held/);
    writer.child.kill("SIGKILL");
    await writer.ended;
    expect(await readFile(join(space.configDir, "config.json"), "utf8")).toBe(before);
    const started = performance.now();
    expect(await space.nexus(["config", "set", "presets", "false"])).toMatchObject({ code: 0 });
    // Six seconds, and the start of a program on a busy machine.
    expect(performance.now() - started).toBeLessThan(9000);
    expect((await readdir(space.configDir)).sort()).toEqual(["config.json", "profiles", "secrets.json"]);
  });

  it.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)(
    "S4 by %s takes its lock and its new file along",
    async (signal) => {
      const space = await furnished();
      const writer = space.start(["config", "set", "presets", "false"], {
        env: await stopping(space, "hold", 1),
      });
      await writer.until("stderr", /held/);
      writer.child.kill(signal);
      expect(await writer.ended).toMatchObject({ signal });
      expect(await readdir(space.configDir)).not.toContain(".lock");
      expect(await space.nexus(["config", "get", "presets"])).toMatchObject({ stdout: "true\n" });
      expect(await space.nexus(["config", "set", "presets", "false"])).toMatchObject({ code: 0 });
      expect((await readdir(space.configDir)).sort()).toEqual(["config.json", "profiles", "secrets.json"]);
    },
  );
});

describe("two processes", () => {
  /** Two processes of `program`, which imports what it needs from `src/`, with arguments of their own. */
  async function twice(space: Workspace, program: string, args: readonly [string, string]) {
    const file = join(space.dir, "program.mjs");
    await build({
      input: "entry",
      platform: "node",
      logLevel: "silent",
      resolve: { mainFields: ["module", "main"] },
      plugins: [
        {
          name: "entry",
          resolveId: (id) => (id === "entry" ? "entry" : null),
          load: (id) => (id === "entry" ? program : null),
        },
      ],
      output: { file, format: "esm", codeSplitting: false },
    });
    const quoted = (arg: string) => `'${process.execPath}' '${file}' '${space.configDir}' ${arg}`;
    return space.shell(
      `${quoted(args[0])} & first=$!; ${quoted(args[1])}; second=$?; wait $first && exit $second`,
    );
  }
  const source = (path: string) => JSON.stringify(join(import.meta.dirname, "..", "..", "src", path));

  it("S4 that write 200 keys each keep all 400", async () => {
    const space = await workspace();
    const ended = await twice(
      space,
      `import { updateConfig } from ${source("config/store.ts")};
      import { resolvePaths } from ${source("config/paths.ts")};
      const [dir, who] = process.argv.slice(2);
      for (let n = 0; n < 200; n++) {
        await updateConfig(resolvePaths({ configDir: dir }, process.env), (config) =>
          ({ ...config, backends: { ...config.backends, [who + n]: { type: "ollama" } } }));
      }`,
      ["left", "right"],
    );
    expect(ended).toMatchObject({ code: 0, stderr: "" });
    const { backends } = JSON.parse(await readFile(join(space.configDir, "config.json"), "utf8"));
    expect(Object.keys(backends)).toHaveLength(400);
    expect(await readdir(space.configDir)).toEqual(["config.json"]);
  }, 120_000);

  it("S4 that save profiles and change the same one lose nothing", async () => {
    const space = await workspace();
    const ended = await twice(
      space,
      `import { changeProfiles } from ${source("config/change-profiles.ts")};
      import { resolvePaths } from ${source("config/paths.ts")};
      const [dir, who] = process.argv.slice(2);
      const paths = resolvePaths({ configDir: dir }, process.env);
      const model = { version: 1, type: "model", backend: "openai", model: "m" };
      for (let n = 0; n < 40; n++) {
        await changeProfiles(paths, (profiles) => {
          const members = profiles.stored("all")?.document?.profiles ?? [];
          const all = { version: 1, type: "loadbalancer", policy: "roundrobin", profiles: [...members, who + n] };
          return { documents: new Map([[who + n, model], ["all", all]]) };
        });
      }`,
      ["left", "right"],
    );
    expect(ended).toMatchObject({ code: 0, stderr: "" });
    const all = JSON.parse(await readFile(join(space.configDir, "profiles", "all.json"), "utf8"));
    expect(new Set(all.profiles).size).toBe(80);
    expect(await readdir(join(space.configDir, "profiles"))).toHaveLength(81);
  }, 120_000);

  it("S4 ten commands at once lose nothing", async () => {
    const space = await workspace();
    const names = Array.from({ length: 10 }, (_, at) => `b${at}`);
    const ends = await Promise.all(
      names.map((name, at) =>
        at % 2 === 0
          ? space.nexus(["config", "set", `backends.${name}`, '{"type":"ollama"}'])
          : space.nexus(["backend", "add", "http://127.0.0.1:1", "--type", "vllm", "--name", name]),
      ),
    );
    expect(ends.map(({ code, stderr }) => ({ code, stderr })).filter(({ code }) => code !== 0)).toEqual([]);
    const { backends } = JSON.parse(await readFile(join(space.configDir, "config.json"), "utf8"));
    expect(Object.keys(backends).sort()).toEqual(names);
    expect(await readdir(space.configDir)).toEqual(["config.json"]);
  }, 60_000);
});

describe("files as their owner made them", () => {
  it.each([0o600, 0o640, 0o400])("S5 a mode of %o stays, for configuration and profile", async (mode) => {
    const space = await furnished();
    const files = ["config.json", "profiles/a.json"].map((name) => join(space.configDir, name));
    for (const file of files) await chmod(file, mode);
    expect(await space.nexus(["config", "set", "presets", "false"])).toMatchObject({ code: 0 });
    expect(await space.nexus(["profile", "set", "a", "params.temperature=1"])).toMatchObject({ code: 0 });
    for (const file of files) expect((await stat(file)).mode & 0o777).toBe(mode);
  });

  it.each([
    ["config.json", "nexus config set presets false"],
    ["profiles/a.json", "nexus profile set a params.temperature=1"],
    ["secrets.json", "echo new | nexus key set box --store file"],
  ])("S6 a link called %s stays one, and what it leads to is written", async (name, line) => {
    const space = await furnished();
    const file = join(space.configDir, name);
    const target = join(space.dir, "elsewhere", "real.json");
    await mkdir(join(space.dir, "elsewhere"));
    await rename(file, target);
    await symlink(`${"../".repeat(name.split("/").length)}elsewhere/real.json`, file);
    const before = await readFile(target, "utf8");
    expect(await space.shell(line, { env })).toMatchObject({ code: 0 });
    expect((await lstat(file)).isSymbolicLink()).toBe(true);
    expect(await readFile(target, "utf8")).not.toBe(before);
    expect(await readdir(join(space.dir, "elsewhere"))).toEqual(["real.json"]);
  });

  it.each([
    ["config.json", "nexus config set presets false"],
    ["profiles/new.json", "nexus profile save model new --backend openai --model m"],
    ["secrets.json", "echo new | nexus key set openai --store file"],
  ])("S6 a link called %s that leads to nothing yet is filled", async (name, line) => {
    const space = await workspace();
    await mkdir(join(space.configDir, "profiles"), { recursive: true });
    await symlink(join(space.dir, "real.json"), join(space.configDir, name));
    expect(await space.shell(line, { env })).toMatchObject({ code: 0 });
    expect((await lstat(join(space.configDir, name))).isSymbolicLink()).toBe(true);
    expect(Object.keys(JSON.parse(await readFile(join(space.dir, "real.json"), "utf8")))).not.toEqual([]);
  });
});

describe("a directory that may not be written", () => {
  it("S7 every reading command works; every writer is one line with the path, exit 1", async () => {
    const space = await furnished();
    const program = await programFor(space);
    const run = (line: string) =>
      space.shell(line.replaceAll("nexus ", `${AS_NOBODY}'${process.execPath}' '${program}' `), {
        env: { ...env, TMPDIR: join(space.dir, "tmp") },
      });
    await space.shell(
      "mkdir -m 777 tmp; chmod -R a+rX config spare.json; chmod 555 config config/profiles; rm config/secrets.json",
    );
    try {
      for (const line of [
        "config list",
        "config get presets",
        "config validate",
        "profile list",
        "profile show a",
        "profile check",
        "key list",
        "backend list",
        "profile default",
      ]) {
        expect(await run(`nexus ${line}`), line).toMatchObject({
          code: 0,
          stderr: expect.not.stringContaining("cannot"),
        });
      }
      for (const [line, file] of WRITERS.filter(([line]) => !line.includes("key delete"))) {
        const { code, stderr } = await run(line);
        expect(code, line).toBe(1);
        expect(stderr, line).toMatch(/cannot be written: permission denied \(EACCES\)/);
        expect(stderr, line).toContain(file === "a-copy.json" ? file : space.configDir);
        expect(stderr, line).not.toMatch(/^ +at |internal error/m);
      }
    } finally {
      await space.shell("chmod 755 config config/profiles");
    }
  }, 60_000);
});
