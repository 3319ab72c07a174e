import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { neutralise, neutraliser } from "../../src/cli/output/neutralise.ts";

const ESC = "\u001b";

describe("T7, S19 terminal control sequences in model output are taken out", () => {
  it.each([
    ["clipboard (OSC 52)", `a${ESC}]52;c;aGk=\u0007b`],
    ["title, ended by ST (OSC 0)", `a${ESC}]0;owned${ESC}\\b`],
    ["device control string", `a${ESC}Pq#0;2${ESC}\\b`],
    ["colour and cursor (CSI)", `a${ESC}[31m${ESC}[2J${ESC}[6nb`],
    ["end of bracketed paste", `a${ESC}[201~b`],
    ["alternate screen", `a${ESC}[?1049hb`],
    ["C1 forms", "a\u009b31m\u009d0;x\u009cb"],
    ["reset and character sets", `a${ESC}c${ESC}(0b`],
    ["overwriting a line with CR", "a\rb"],
    ["bells, backspaces and deletes", "a\u0007\u0008\u007fb"],
    ["turned text and what cannot be seen", "a\u202e\u2066\u200b\ufeffb"],
    ["a sequence that starts anew inside another", `a${ESC}[3${ESC}[31mb`],
  ])("%s", (_name, text) => {
    expect(neutralise(text)).toBe("ab");
  });

  it("keeps a fake link's text and drops its address (OSC 8)", () => {
    expect(neutralise(`${ESC}]8;;https://evil.example${ESC}\\bank${ESC}]8;;${ESC}\\`)).toBe("bank");
  });

  it("keeps newlines, tabs, emoji with joiners and every script", () => {
    const text = "a\n\tb 👩‍👩‍👧 שלום नमस्ते";
    expect(neutralise(text)).toBe(text);
  });

  it("makes CR LF a newline", () => {
    expect(neutralise("a\r\nb")).toBe("a\nb");
  });

  it("gives up on a string that nobody ends at the end of its line, so that no answer is swallowed", () => {
    expect(neutralise(`a${ESC}]0;open\nthe rest\n`)).toBe("a\nthe rest\n");
  });

  it("gives up on a sequence without an end", () => {
    expect(neutralise(`${ESC}]${"x".repeat(20_000)}`).length).toBeGreaterThan(10_000);
  });

  it("gives the same however the text is cut into pieces, and never a control character", () => {
    const piece = fc.constantFrom(
      ESC,
      "[",
      "]",
      "0",
      ";",
      "m",
      "\\",
      "\u0007",
      "\n",
      "\r",
      "a",
      "\u009b",
      "é",
      "\u009c",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        const one = neutraliser();
        const cut = pieces.map((text) => one.push(text)).join("");
        expect(cut).toBe(neutralise(pieces.join("")));
        expect(cut).not.toMatch(/[^\P{Cc}\n\t]/u);
      }),
    );
  });
});
