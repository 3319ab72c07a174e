import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseObject, readObject } from "../../src/config/parse-json.ts";
import { rejection, tempPaths, writeRaw } from "./temp-paths.ts";

describe("reading JSON", () => {
  it("S2 half-written JSON is refused with line and column", async () => {
    const error = await rejection(parseObject('{\n  "a": 1,\n  "b": ', "/x/config.json"));
    expect(error.message).toContain("/x/config.json:3:");
  });

  it.each([
    ["{ a: 1 }", ":1:3:"],
    ['{"a": 1,}', ":1:9:"],
    ['{"a": 1} x', ":1:10:"],
    ["// note\n{}", ":1:1:"],
    ["", ":1:1:"],
    [" \n", ":1:1:"],
  ])("S2 %j is refused at %s", async (text, place) => {
    expect((await rejection(parseObject(text, "f"))).message).toContain(`f${place}`);
  });

  it.each(["[]", "3", "null", '"text"'])("S3 %s is no object", async (text) => {
    expect((await rejection(parseObject(text, "f"))).message).toContain("object");
  });

  it("S2 a byte order mark is accepted", async () => {
    expect(await parseObject('\uFEFF{"a":1}', "f")).toEqual({ a: 1 });
  });

  it("no file is told from an empty one, and bytes that are no text are refused", async () => {
    const { configDir } = await tempPaths();
    expect(await readObject(join(configDir, "none.json"))).toBeUndefined();
    const file = join(configDir, "binary.json");
    await writeRaw(file, Uint8Array.of(0x7b, 0xff, 0xfe, 0x7d));
    expect((await rejection(readObject(file))).message).toContain("UTF-8");
  });
});
