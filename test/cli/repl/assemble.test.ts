import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { assemble, searchBack } from "../../../src/cli/repl/assemble.ts";
import { completions } from "../../../src/cli/repl/complete.ts";

describe("lines of one input", () => {
  it.each([
    [["one"], "one", true],
    [["one\\"], "one\\", false],
    [["one\\", "two"], "one\ntwo", true],
    [["one", "two"], "one\ntwo", true],
    [['"""'], "", false],
    [['"""a', "b"], "a\nb", false],
    [['"""', "a\\", "", "b", '"""'], "a\\\n\nb", true],
    [['"""one"""'], "one", true],
    [['say """', "x"], 'say """\nx', true],
  ])("%j are %j, complete: %j", (lines, text, complete) => {
    expect(assemble(lines)).toEqual({ text, complete });
  });

  it("between fences come out as they went in", () => {
    const line = fc.string().filter((text) => !text.includes('"') && !/[\r\n]/.test(text));
    fc.assert(
      fc.property(fc.array(line, { minLength: 1 }), (lines) => {
        const made = assemble(['"""', ...lines, '"""']);
        expect(made).toEqual({ text: lines.join("\n"), complete: true });
      }),
    );
  });
});

describe("Ctrl-R", () => {
  it("finds the newest entry with that part, then older ones", () => {
    const history = ["sky again", "sea", "the sky"];
    expect(searchBack(history, "sky", -1)).toEqual({ at: 0, text: "sky again" });
    expect(searchBack(history, "sky", 0)).toEqual({ at: 2, text: "the sky" });
    expect(searchBack(history, "sky", 2)).toBeUndefined();
  });
});

describe("Tab", () => {
  const names = {
    profiles: () => ["fast", "failover-lb"],
    models: async () => ["gpt-4o"],
    sessions: async () => ["trip"],
    files: async (part: string) => [`${part.slice(0, part.lastIndexOf("/") + 1)}notes.txt`],
  };

  it.each([
    ["/pro", ["/profile "], "/pro"],
    ["/profile fa", ["fast", "failover-lb"], "fa"],
    ["/model ", ["gpt-4o"], ""],
    ["/load t", ["trip"], "t"],
    ["/file a/n", ["a/notes.txt"], "a/n"],
    ["/undo x", [], "x"],
    ["what is /pro", [], "what is /pro"],
  ])("after %j offers %j", async (line, offered, part) => {
    expect(await completions(line, names)).toEqual([offered, part]);
  });
});
