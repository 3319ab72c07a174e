import fc from "fast-check";
import { expect, it } from "vitest";
import { wrap } from "../../src/cli/output/wrap.ts";

it("breaks between words", () => {
  expect(wrap("one two three four", 9)).toEqual(["one two", "three", "four"]);
});

it("keeps a word that is too long whole: it may be a command to copy", () => {
  expect(wrap("see https://example.com/a/long/address now", 10)).toEqual([
    "see",
    "https://example.com/a/long/address",
    "now",
  ]);
});

it("loses no word, and only single words are longer than a line", () => {
  const words = fc.array(fc.stringMatching(/^[a-z]{1,12}$/), { minLength: 1 });
  fc.assert(
    fc.property(words, fc.integer({ min: 1, max: 40 }), (list, width) => {
      const lines = wrap(list.join(" "), width);
      expect(lines.join(" ")).toBe(list.join(" "));
      for (const line of lines) expect(line.length <= width || !line.includes(" ")).toBe(true);
    }),
  );
});
