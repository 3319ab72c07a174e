import { describe, expect, it } from "vitest";
import { checkNewName, nameFault } from "../../src/config/names.ts";

describe("names of profiles", () => {
  it.each(["a", "fast", "GPT-4o", "a.b", "__proto__", "constructor", "x".repeat(64), "-", "2"])(
    "%s is one",
    (name) => {
      expect(nameFault(name)).toBeUndefined();
    },
  );

  it.each([
    "",
    ".",
    "..",
    ".hidden",
    "a/b",
    "a\\b",
    "a b",
    "ü",
    "a\n",
    "x".repeat(65),
    "CON",
    "nul.txt",
    "lpt1",
    "end.",
  ])("S9 %j is none", (name) => {
    expect(nameFault(name)).toBeDefined();
  });

  it("S9 a twin that differs in case only is refused, naming it", () => {
    expect(() => checkNewName("Fast", ["fast"])).toThrow('"fast"');
    expect(() => checkNewName("fast", ["fast"])).not.toThrow();
  });
});
