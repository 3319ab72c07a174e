import { describe, expect, it } from "vitest";
import { colorLevel, painter } from "../../src/cli/output/color.ts";

const TERMINAL = { isTTY: true };
const PIPE = { isTTY: false };
const AUTO = { color: "auto" } as const;

describe("T4 colour", () => {
  it.each([
    ["a terminal", TERMINAL, AUTO, {}, true],
    ["a pipe", PIPE, AUTO, {}, false],
    ["NO_COLOR on a terminal", TERMINAL, AUTO, { NO_COLOR: "1" }, false],
    ["an empty NO_COLOR", TERMINAL, AUTO, { NO_COLOR: "" }, true],
    ["FORCE_COLOR in a pipe", PIPE, AUTO, { FORCE_COLOR: "1" }, true],
    ["FORCE_COLOR=0 on a terminal", TERMINAL, AUTO, { FORCE_COLOR: "0" }, false],
    ["NO_COLOR beside FORCE_COLOR", TERMINAL, AUTO, { NO_COLOR: "1", FORCE_COLOR: "1" }, false],
    ["TERM=dumb", TERMINAL, AUTO, { TERM: "dumb" }, false],
    ["--color=never beside FORCE_COLOR", PIPE, { color: "never" }, { FORCE_COLOR: "1" }, false],
    ["--color=always in a pipe with NO_COLOR", PIPE, { color: "always" }, { NO_COLOR: "1" }, true],
  ] as const)("%s", (_name, stream, globals, env, expected) => {
    expect(colorLevel(stream, globals, env)).toBe(expected);
  });

  it("paints only where there is colour", async () => {
    const plain = await painter(PIPE, AUTO, {});
    const coloured = await painter(TERMINAL, AUTO, {});
    expect(plain("red", "x")).toBe("x");
    expect(coloured("red", "x")).toBe("\u001b[31mx\u001b[39m");
  });
});
