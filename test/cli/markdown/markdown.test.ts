import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Paint } from "../../../src/cli/markdown/inline.ts";
import { markdown } from "../../../src/cli/markdown/markdown.ts";

const TAGS = { bold: "b", italic: "i", strike: "s", code: "c", link: "a", mark: "m", heading: "h" } as const;
const tagged: Paint = (style, text) => `<${TAGS[style]}>${text}</${TAGS[style]}>`;
const plain: Paint = (_style, text) => text;
/** The same however a text is cut in pieces. */
const perCharacter: Paint = (style, text) => text.replaceAll(/[\s\S]/g, (one) => `${one}${TAGS[style]}`);

function shown(text: string, paint: Paint = tagged): string {
  return inPieces([text], paint);
}

function inPieces(pieces: readonly string[], paint: Paint): string {
  const rendering = markdown(paint, 80);
  return pieces.map((piece) => rendering.push(piece)).join("") + rendering.end();
}

describe("Markdown on a terminal", () => {
  it.each([
    ["# Title", "<h>Title</h>"],
    ["#hashtag", "#hashtag"],
    [
      "**bold** and *italic*, __bold__, _italic_",
      "<b>bold</b> and <i>italic</i>, <b>bold</b>, <i>italic</i>",
    ],
    ["***both*** and **bold *in* it**", "<b><i>both</i></b> and <b>bold <i>in</i> it</b>"],
    ["~~gone~~ ~home", "<s>gone</s> ~home"],
    ["`a*b*` and ``a`b``", "<c>a*b*</c> and <c>a`b</c>"],
    ["snake_case_name, 2*3*4, 2 * 3 * 4, *.ts", "snake_case_name, 2*3*4, 2 * 3 * 4, *.ts"],
    ["这是**重点**内容", "这是<b>重点</b>内容"],
    ["\\*not\\* C:\\new", "*not* C:\\new"],
    ["- one\n  * two", "• one\n  • two"],
    ["1. **one**", "1. <b>one</b>"],
    ["- [ ] to do [1] a[0]", "• [ ] to do [1] a[0]"],
    ["> quoted\n> > twice", "<m>│ </m>quoted\n<m>│ </m><m>│ </m>twice"],
    ["---", `<m>${"─".repeat(40)}</m>`],
    ["[site](https://a.b/c_(d))", "site (<a>https://a.b/c_(d)</a>)"],
    ["[https://a.b](https://a.b)", "<a>https://a.b</a>"],
    ["| a | *b* |\n|---|---|", "| a | *b* |\n|---|---|"],
    ["```ts\nconst *a* = 1;\n```\n*b*", "<m>```ts</m>\n<c>const *a* = 1;</c>\n<m>```</m>\n<i>b</i>"],
    ["````\n```\n````", "<m>````</m>\n<c>```</c>\n<m>````</m>"],
    ["~~~\n# x", "<m>~~~</m>\n<c># x</c>"],
    ["> ```\n> x\n> ```\n*b*", "<m>│ </m>```\n<m>│ </m>x\n<m>│ </m>```\n<i>b</i>"],
    ["**never closed", "**never closed"],
    ["`never closed\n*b*", "`never closed\n<i>b</i>"],
  ])("shows %j", (source, expected) => {
    expect(shown(source)).toBe(expected);
  });

  it("shows words at once, and waits only for what a mark may mean", () => {
    const rendering = markdown(tagged, 80);
    expect(["Some wor", "ds **an", "d** ", "*", " more `x"].map(rendering.push)).toEqual([
      "Some wor",
      "ds ",
      "<b>and</b> ",
      "",
      "* more ",
    ]);
    expect(rendering.end()).toBe("`x");
  });

  it("shows code before its line is over", () => {
    const rendering = markdown(tagged, 80);
    expect(["```\n", "const a", " = 1"].map(rendering.push)).toEqual([
      "<m>```</m>\n",
      "<c>const a</c>",
      "<c> = 1</c>",
    ]);
  });

  it("does not wait for ever for a mark that nobody closes", () => {
    const rendering = markdown(plain, 80);
    expect(rendering.push(`*${"word ".repeat(200)}`)).toHaveLength(1001);
  });

  const source = fc
    .array(
      fc.oneof(
        fc.constantFrom(
          "*",
          "**",
          "***",
          "_",
          "__",
          "`",
          "``",
          "```",
          "~~",
          "[",
          "](",
          ")",
          "!",
          "\\",
          "\n",
          " ",
        ),
        fc.constantFrom("# ", "- ", "> ", "| ", "---", "1. ", "a", "word", "é", "😀", "ab cd", "~".repeat(3)),
      ),
      { maxLength: 60 },
    )
    .map((parts) => parts.join(""));

  it("waits for the end of code that may hold what would close an emphasis", () => {
    expect(inPieces(["_`_#", " `"], perCharacter)).toBe(shown("_`_# `", perCharacter));
  });

  it("is the same however it is cut in pieces", () => {
    fc.assert(
      fc.property(source, fc.array(fc.nat(300), { maxLength: 12 }), (text, cuts) => {
        const places = [0, ...cuts.filter((cut) => cut < text.length).sort((a, b) => a - b), text.length];
        const pieces = places.slice(1).map((end, at) => text.slice(places[at], end));
        expect(inPieces(pieces, perCharacter)).toBe(shown(text, perCharacter));
      }),
      { numRuns: 2_000 },
    );
  });

  it("takes nothing away but marks, and lines stay lines", () => {
    const withoutMarks = (text: string) => text.replaceAll(/[*_`~#>•│─\-\\![\]()|\s]/g, "");
    fc.assert(
      fc.property(source, (text) => {
        const all = shown(text, plain);
        expect(withoutMarks(all)).toBe(withoutMarks(text));
        expect(all.split("\n")).toHaveLength(text.split("\n").length);
      }),
      { numRuns: 1_000 },
    );
  });

  it.each(["*a ", "`", "[", "_a", "**a* ", "> ", "*a `b "])(
    "takes time in proportion to its text: %j",
    (piece) => {
      const time = (times: number) => {
        const began = performance.now();
        shown(piece.repeat(times), plain);
        return performance.now() - began;
      };
      const best = (times: number) => Math.min(time(times), time(times), time(times));
      // Four times the text; a square would be sixteen.
      expect(best(4_000)).toBeLessThan(10 * best(1_000) + 20);
    },
  );
});
