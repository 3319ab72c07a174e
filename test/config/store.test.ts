import { chmod, lstat, mkdir, readdir, readFile, stat, symlink, utimes } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { applyChanges, updateConfig } from "../../src/config/store.ts";
import { replaceFile } from "../../src/files/replace.ts";
import { rejection, tempPaths, writeRaw } from "./temp-paths.ts";

const mode = async (file: string) => ((await stat(file)).mode & 0o777).toString(8);

describe("updateConfig", () => {
  it("S5 T21 makes a 0600 file in a 0700 directory and leaves nothing beside it", async () => {
    const paths = await tempPaths();
    await updateConfig(paths, () => ({ presets: false }));
    expect(await mode(paths.configFile)).toBe("600");
    expect(await mode(paths.configDir)).toBe("700");
    expect(await readdir(paths.configDir)).toEqual(["config.json"]);
    expect(await readFile(paths.configFile, "utf8")).toBe('{\n  "presets": false\n}\n');
  });

  it("S5 keeps the mode the file has", async () => {
    const paths = await tempPaths();
    await writeRaw(paths.configFile, "{}");
    await chmod(paths.configFile, 0o640);
    await updateConfig(paths, () => ({ presets: false }));
    expect(await mode(paths.configFile)).toBe("640");
  });

  it("S6 writes through a symbolic link, also one that leads to no file yet", async () => {
    const paths = await tempPaths();
    const target = join(dirname(paths.configDir), "dotfiles", "nexus.json");
    await mkdir(dirname(target), { recursive: true });
    await mkdir(paths.configDir, { recursive: true });
    await symlink(target, paths.configFile);
    for (const presets of [false, true]) {
      await updateConfig(paths, () => ({ presets }));
      expect((await lstat(paths.configFile)).isSymbolicLink()).toBe(true);
      expect(JSON.parse(await readFile(target, "utf8"))).toEqual({ presets });
    }
  });

  it("S2 never touches a broken file", async () => {
    const paths = await tempPaths();
    await writeRaw(paths.configFile, '{"backends": {');
    const error = await rejection(updateConfig(paths, () => ({ presets: false })));
    expect(error.message).toContain(`${paths.configFile}:1:`);
    expect(await readFile(paths.configFile, "utf8")).toBe('{"backends": {');
  });

  it("writes nothing when the result is not valid", async () => {
    const paths = await tempPaths();
    await updateConfig(paths, () => ({ presets: true }));
    await rejection(updateConfig(paths, (current) => ({ ...current, backends: { a: { type: "no" } } })));
    expect(JSON.parse(await readFile(paths.configFile, "utf8"))).toEqual({ presets: true });
  });

  it("S4 writers in one process lose nothing", async () => {
    const paths = await tempPaths();
    const add = (name: string) =>
      updateConfig(paths, (current) => ({
        ...current,
        backends: {
          ...(typeof current["backends"] === "object" ? current["backends"] : {}),
          [name]: { type: "ollama" },
        },
      }));
    await Promise.all(Array.from({ length: 8 }, (_, at) => add(`b${at}`)));
    const { backends } = JSON.parse(await readFile(paths.configFile, "utf8"));
    expect(Object.keys(backends)).toHaveLength(8);
  });

  it("S4 a lock that a dead process left is taken", async () => {
    const paths = await tempPaths();
    const lock = join(paths.configDir, ".lock");
    await mkdir(lock, { recursive: true });
    await utimes(lock, 0, 0);
    await updateConfig(paths, () => ({ presets: false }));
    expect(await readdir(paths.configDir)).toEqual(["config.json"]);
  });

  it("keeps keys called constructor as they are", async () => {
    const paths = await tempPaths();
    await updateConfig(paths, () => ({ backends: { constructor: { type: "ollama" } } }));
    expect(JSON.parse(await readFile(paths.configFile, "utf8")).backends.constructor).toEqual({
      type: "ollama",
    });
  });
});

describe("several files at once", () => {
  it("are taken back when one cannot be written", async () => {
    const { configDir } = await tempPaths();
    const [old, fresh, removed] = ["old.json", "fresh.json", "removed.json"].map((name) =>
      join(configDir, name),
    );
    await writeRaw(`${old}`, '{ "spelled":  "so" }');
    await writeRaw(`${removed}`, "{}");
    await writeRaw(join(configDir, "file"), "");
    const error = await rejection(
      applyChanges([
        { file: `${old}`, value: { a: 1 } },
        { file: `${fresh}`, value: {} },
        { file: `${removed}`, value: undefined },
        { file: join(configDir, "file", "below.json"), value: {} },
      ]),
    );
    expect(error.message).toContain(join(configDir, "file"));
    expect((await readdir(configDir)).sort()).toEqual(["file", "old.json", "removed.json"]);
    expect(await readFile(`${old}`, "utf8")).toBe('{ "spelled":  "so" }');
  });

  it("a file whose directory cannot be made is a problem that names it", async () => {
    const error = await rejection(replaceFile("/proc/nexus/config.json", "{}"));
    expect(error.name).toBe("Problem");
    expect(error.message).toContain("/proc/nexus");
  });
});
